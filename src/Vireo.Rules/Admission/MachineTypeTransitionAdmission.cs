using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Transitions of machine types: what they ask for must make sense, and stays as it was asked for.</summary>
/// <remarks>Namespaces and hosts come and go, so whether they are there is for the controller to say.</remarks>
internal static class MachineTypeTransitionAdmission
{
    private const string Path = "spec";

    public static AdmissionResult Review(AdmissionRequest request, MachineTypeTransition transition)
    {
        var old = request.OldObject as MachineTypeTransition;
        return AdmissionResult.Of(
            request.Context.IsSystem ? transition : transition with { Status = old?.Status },
            transition.Spec is null ? [FieldError.Required(Path, "spec is missing: write {} for all defaults.")]
                : old is null ? Check(transition.Spec)
                : transition.Metadata.DeletionTimestamp is null ? Changes(old.Spec, transition.Spec)
                : [],
            Warnings(transition.Spec)
        );
    }

    private static IEnumerable<FieldError> Check(MachineTypeTransitionSpec spec) =>
        [
            .. Namespaces(spec.Namespaces ?? []),
            .. LabelSelectorRules.Check(spec.Selector, $"{Path}.selector"),
            .. WordRules.OneOf(spec.State, $"{Path}.state", "Any", "Running", "Stopped"),
            .. WordRules.OneOf(spec.Restart, $"{Path}.restart", "Label", "Now"),
            .. Glob(spec.MachineTypes),
            .. TransitionStepRules.Check(spec.Steps ?? [], spec.AllowFamilyChange == true, $"{Path}.steps"),
            .. TransitionLimitRules.Check(spec.Limits ?? new(), $"{Path}.limits"),
            .. Rollback(spec),
        ];

    private static IEnumerable<FieldError> Namespaces(IReadOnlyList<string> namespaces)
    {
        for (var index = 0; index < namespaces.Count; index++)
        {
            var field = $"{Path}.namespaces[{index}]";
            if (!NameRules.IsLabel(namespaces[index]))
            {
                yield return FieldError.Invalid(field, $"{field}: '{namespaces[index]}' {NameRules.LabelForm}.");
            }
            else if (namespaces.Take(index).Contains(namespaces[index]))
            {
                yield return FieldError.Duplicate(field, $"{field}: '{namespaces[index]}' is named twice.");
            }
        }
    }

    private static IEnumerable<FieldError> Glob(string? glob)
    {
        if (!string.IsNullOrEmpty(glob) && !MachineTypeRules.IsGlob(glob))
        {
            var field = $"{Path}.machineTypes";
            yield return FieldError.Invalid(
                field,
                $"{field}: '{glob}' is no glob of machine types: use letters, digits, '.', '_', '-', '*' and '?', for "
                    + "example pc-q35-rhel8.*."
            );
        }
    }

    private static IEnumerable<FieldError> Rollback(MachineTypeTransitionSpec spec)
    {
        if (string.IsNullOrEmpty(spec.RollbackOf))
        {
            yield break;
        }

        if (!NameRules.IsSubdomain(spec.RollbackOf))
        {
            var field = $"{Path}.rollbackOf";
            yield return FieldError.Invalid(field, $"{field}: '{spec.RollbackOf}' {NameRules.SubdomainForm}.");
        }

        if (spec.Steps is [_, ..])
        {
            yield return FieldError.Forbidden(
                $"{Path}.steps",
                $"{Path}.steps: a rollback gives machines back what they had; leave the steps out."
            );
        }
    }

    private static IEnumerable<FieldError> Changes(MachineTypeTransitionSpec old, MachineTypeTransitionSpec spec)
    {
        if (old.Cancelled == true && spec.Cancelled != true)
        {
            yield return FieldError.Forbidden(
                $"{Path}.cancelled",
                $"{Path}.cancelled: it was cancelled, and cannot be taken up again; make a new transition."
            );
        }

        if (
            !SameJson.Are(
                old,
                spec with
                {
                    Paused = old.Paused,
                    Cancelled = old.Cancelled,
                },
                ApiJson.Default.MachineTypeTransitionSpec
            )
        )
        {
            yield return FieldError.Forbidden(
                Path,
                $"{Path}: only paused and cancelled may change: cancel this transition and make a new one."
            );
        }
    }

    private static IEnumerable<string> Warnings(MachineTypeTransitionSpec? spec)
    {
        if (spec?.AllowFamilyChange == true && string.IsNullOrEmpty(spec.RollbackOf))
        {
            yield return $"{Path}.allowFamilyChange: guests find another board with other controllers and addresses; "
                + "try it on one of each sort first.";
        }
    }
}
