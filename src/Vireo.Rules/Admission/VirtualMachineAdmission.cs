using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Virtual machines. Their spec is the user's: it is checked, and nothing is written into it.</summary>
/// <remarks>
/// What was accepted once stays writable: without a change of spec, nothing is checked,
/// so a stricter configuration cannot lock anybody out of status or metadata.
/// </remarks>
internal static class VirtualMachineAdmission
{
    private const string RunningIsOld = "spec.running is deprecated, please use spec.runStrategy instead.";

    public static AdmissionResult Review(AdmissionRequest request, VirtualMachine machine)
    {
        var old = request.OldObject as VirtualMachine;
        FieldError[] errors = IsNews(old, machine) ? [.. Check(machine, old, request.Context)] : [];
        return AdmissionResult.Of(
            errors is not [] ? machine
                : old is null ? AsNew(machine, request.Context.Now)
                : AsChanged(old, machine),
            errors,
            [.. Warnings(machine), .. MachineTypeWarnings.Of(old, machine)]
        );
    }

    private static IEnumerable<FieldError> Check(
        VirtualMachine machine,
        VirtualMachine? old,
        AdmissionContext context
    ) =>
        machine.Spec is null
            ? [FieldError.Required("spec", "spec is missing.")]
            :
            [
                .. RunStrategyRules.Check(machine.Spec),
                .. TemplateRules.Check(
                    machine.Spec.Template,
                    old?.Spec?.Template,
                    "missing virtual machine template.",
                    context
                ),
            ];

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
