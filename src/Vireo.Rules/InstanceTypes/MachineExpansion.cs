using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Puts an instance type and a preference in their place: the one expansion that everybody uses.</summary>
/// <remarks>
/// Admission, the controllers, the expand endpoints and the planner of live updates call it, so that what is checked,
/// what is shown and what runs are the same.
/// </remarks>
public static class MachineExpansion
{
    /// <summary>What a machine comes to. Nothing is changed where there is neither type nor preference.</summary>
    /// <param name="spec">The machine as its owner wrote it.</param>
    /// <param name="architecture">The architecture of guests that name none.</param>
    /// <param name="type">The instance type that is in use; null when there is none.</param>
    /// <param name="preference">The preference that is in use; null when there is none.</param>
    public static ExpandedMachine Of(
        VirtualMachineSpec spec,
        string architecture,
        VirtualMachineInstancetypeSpec? type,
        VirtualMachinePreferenceSpec? preference
    )
    {
        var bare = spec is { Instancetype: null, Preference: null }
            ? spec
            : spec with
            {
                Instancetype = null,
                Preference = null,
            };
        // A template that lacks its parts is refused where templates are checked.
        if ((type is null && preference is null) || spec.Template?.Spec?.Domain?.Devices is null)
        {
            return new(bare, []);
        }

        spec = type is null ? spec : WithoutReplaced(spec);
        FieldError[] errors = [.. Check(spec, architecture, type, preference)];
        if (errors is not [])
        {
            return new(null, errors);
        }

        var template = spec.Template;
        template = type is null ? template : InstanceTypeApplication.Apply(template, type, preference);
        template = preference is null ? template : PreferenceApplication.Apply(template, preference);
        return new(
            bare with
            {
                Template = template,
            },
            [],
            preference?.Machine?.PreferredMachineType is { Length: > 0 } machineType ? machineType : null,
            [.. Warnings(spec, preference)]
        );
    }

    /// <summary>
    /// Whoever lets a volume choose the type, if it can, gave the memory for the case that it cannot.
    /// </summary>
    private static VirtualMachineSpec WithoutReplaced(VirtualMachineSpec spec) =>
        MachineMatcher.Of(spec.Instancetype) is { InferFromVolume: not null, IgnoresFailure: true }
        && spec.Template.Spec.Domain.Memory is not null
            ? spec with
            {
                Template = spec.Template with
                {
                    Spec = spec.Template.Spec with { Domain = spec.Template.Spec.Domain with { Memory = null } },
                },
            }
            : spec;

    private static IEnumerable<FieldError> Check(
        VirtualMachineSpec spec,
        string architecture,
        VirtualMachineInstancetypeSpec? type,
        VirtualMachinePreferenceSpec? preference
    )
    {
        if (type is not null)
        {
            foreach (var error in InstanceTypeConflicts.Check(spec, type))
            {
                yield return error;
            }

            if (GuestTopologies.Check(type.Cpu.Guest, preference) is { } indivisible)
            {
                yield return indivisible;
            }
        }

        // To leave it out in silence would be to run in the open what was to be hidden from the host.
        if (preference?.PreferredLaunchSecurity is not null)
        {
            yield return FieldError.NotSupported(
                "spec.preference",
                $"preference {spec.Preference?.Name} sets preferredLaunchSecurity, which Vireo does not act on: choose "
                    + "one without it."
            );
        }

        foreach (var error in PreferenceRequirementRules.Check(spec, architecture, type, preference))
        {
            yield return error;
        }
    }

    private static IEnumerable<string> Warnings(VirtualMachineSpec spec, VirtualMachinePreferenceSpec? preference)
    {
        (string Field, bool IsSet)[] table =
        [
            ("devices.preferredDisableHotplug", preference?.Devices?.PreferredDisableHotplug == true),
            ("devices.preferredUseVirtioTransitional", preference?.Devices?.PreferredUseVirtioTransitional == true),
            ("devices.preferredVirtualGPUOptions", preference?.Devices?.PreferredVirtualGPUOptions is not null),
            (
                "volumes.preferredStorageClassName",
                !string.IsNullOrEmpty(preference?.Volumes?.PreferredStorageClassName)
            ),
        ];
        return table
            .Where(row => row.IsSet)
            .Select(row => $"preference {spec.Preference?.Name} sets {row.Field}, which Vireo does not act on.");
    }
}
