using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Virtual machines. Their spec is the user's: it is checked, and nothing is written into it.</summary>
/// <remarks>
/// What was accepted once stays writable: without a change of spec, nothing is checked,
/// so a stricter configuration cannot lock anybody out of status or metadata.
/// </remarks>
internal static class VirtualMachineAdmission
{
    private const string TypePath = "spec.instancetype";
    private const string RunningIsOld = "spec.running is deprecated, please use spec.runStrategy instead.";

    /// <summary>
    /// Stands for an instance type that is not there yet, so that all else is checked as it will be with one.
    /// </summary>
    private static readonly VirtualMachineInstancetypeSpec Unknown = new()
    {
        Cpu = new() { Guest = 1 },
        Memory = new() { Guest = Quantity.Parse("1Gi") },
    };

    public static AdmissionResult Review(AdmissionRequest request, VirtualMachine machine)
    {
        var (old, context) = (request.OldObject as VirtualMachine, request.Context);
        var isNews = IsNews(old, machine);
        var expanded = isNews && machine.Spec is not null ? Expand(machine, context) : null;
        FieldError[] errors = isNews ? [.. Check(machine, expanded, old, context)] : [];
        var stored = errors is [] && expanded?.Spec is not null ? AsStored(machine, expanded, context) : machine;
        return AdmissionResult.Of(
            errors is not [] ? machine
                : old is null ? AsNew(stored, context.Now)
                : AsChanged(old, stored),
            errors,
            [
                .. Warnings(machine),
                .. errors is [] ? expanded?.Warnings ?? [] : [],
                .. MachineTypeWarnings.Of(old, machine),
            ]
        );
    }

    private static IEnumerable<FieldError> Check(
        VirtualMachine machine,
        ExpandedMachine? expanded,
        VirtualMachine? old,
        AdmissionContext context
    )
    {
        if (machine.Spec is null)
        {
            return [FieldError.Required("spec", "spec is missing.")];
        }

        FieldError[] own = [.. RunStrategyRules.Check(machine.Spec), .. MatcherRules.Check(machine.Spec, old?.Spec)];
        // A stop or a start must not fail because the rest would not be taken any more.
        return old?.Spec is not null && AreSameButStrategy(old.Spec, machine.Spec) ? own
            : context.References.Errors is not [] and var lost ? [.. own, .. lost]
            : expanded is { Errors: not [] and var conflicts } ? [.. own, .. conflicts]
            :
            [
                .. own,
                .. TemplateRules.Check(
                    expanded?.Written?.Template ?? machine.Spec.Template,
                    old?.Spec?.Template,
                    "missing virtual machine template.",
                    context
                ),
            ];
    }

    /// <summary>The machine as it will be, as far as that is known: what it names may come later.</summary>
    private static ExpandedMachine Expand(VirtualMachine machine, AdmissionContext context)
    {
        var references = context.References;
        // Without its type a machine has no memory of its own, and less than its preference asks for.
        var isUnknown = references.Missing.Any(error => error.Field.StartsWith(TypePath, StringComparison.Ordinal));
        return (isUnknown ? new(Unknown, null) : references).Expand(machine, context.Configuration);
    }

    private static VirtualMachine AsStored(
        VirtualMachine machine,
        ExpandedMachine expanded,
        AdmissionContext context
    ) =>
        machine.Spec is { Instancetype: null, Preference: null }
        || context.References.Missing is not []
        || !MachineReferences.AreWrittenOut(context.Configuration, machine.Status)
            ? machine
            : machine with
            {
                Spec = expanded.Written!,
            };

    private static bool AreSameButStrategy(VirtualMachineSpec old, VirtualMachineSpec next) =>
        SameJson.Are(
            old with
            {
                RunStrategy = next.RunStrategy,
                Running = next.Running,
            },
            next,
            ApiJson.Default.VirtualMachineSpec
        );

    // What a stop remembered of the strategy is for the next start alone: an owner who sets another strategy in the
    // meantime has said what he wants.
    private static VirtualMachine AsChanged(VirtualMachine old, VirtualMachine machine) =>
        machine.Status?.RunStrategyBeforeStop is { } remembered
        && remembered == old.Status?.RunStrategyBeforeStop
        && RunStrategies.Of(machine) != RunStrategies.Of(old)
            ? machine with
            {
                Status = machine.Status with { RunStrategyBeforeStop = null },
            }
            : machine;

    // The controller would write both in its first pass; here they cost no write, and no client sees a VM without a
    // state.
    private static VirtualMachine AsNew(VirtualMachine machine, DateTimeOffset now) =>
        machine with
        {
            Status = VirtualMachineStatuses.Of(
                machine,
                instance: null,
                RunStrategies.Decide(machine, instance: null, now, jitter: 0),
                failure: null,
                now
            ),
            Metadata = machine.Metadata with
            {
                Finalizers =
                [
                    .. (machine.Metadata.Finalizers ?? []).Where(name => name != KubeVirtNames.VirtualMachineFinalizer),
                    KubeVirtNames.VirtualMachineFinalizer,
                ],
            },
        };

    private static bool IsNews(VirtualMachine? old, VirtualMachine machine) =>
        old is null
        || (
            machine.Metadata.DeletionTimestamp is null
            && !SameJson.Are(old.Spec, machine.Spec, ApiJson.Default.VirtualMachineSpec)
        );

    private static IEnumerable<string> Warnings(VirtualMachine machine) =>
        [
            .. machine.Spec?.Running is null ? [] : new[] { RunningIsOld },
            .. InstanceSpecRules.Warnings(machine.Spec?.Template?.Spec, "spec.template.spec"),
        ];
}
