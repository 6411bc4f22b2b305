using System.Text.Json;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Virtual machines. Their spec is the user's: it is checked, and nothing is written into it.</summary>
/// <remarks>
/// The template is checked as the instance it would become, with every default filled, so that nothing is refused that
/// only a default is missing for. What was accepted once stays writable: without a change of spec, nothing is checked,
/// so a stricter configuration cannot lock anybody out of status or metadata.
/// </remarks>
internal static class VirtualMachineAdmission
{
    private const string RunningIsOld = "spec.running is deprecated, please use spec.runStrategy instead.";

    public static AdmissionResult Review(AdmissionRequest request, VirtualMachine machine)
    {
        FieldError[] errors = IsNews(request, machine) ? [.. Check(machine, request.Context.Configuration)] : [];
        var isNew = request.Operation is AdmissionOperation.Create && errors is [];
        return AdmissionResult.Of(isNew ? AsNew(machine, request.Context.Now) : machine, errors, Warnings(machine));
    }

    private static IEnumerable<FieldError> Check(VirtualMachine machine, KubeVirtConfiguration configuration) =>
        machine.Spec is null
            ? [FieldError.Required("spec", "spec is missing.")]
            : [.. RunStrategyRules.Check(machine.Spec), .. Template(machine.Spec.Template, configuration)];

    private static IEnumerable<FieldError> Template(
        VirtualMachineInstanceTemplateSpec? template,
        KubeVirtConfiguration configuration
    ) =>
        template is null
            ? [FieldError.Required("spec.template", "missing virtual machine template.")]
            :
            [
                .. MetadataRules.Labels(template.Metadata?.Labels, "spec.template.metadata.labels"),
                .. ReservedLabelRules.None(template.Metadata?.Labels, "spec.template.metadata.labels"),
                .. MetadataRules.Annotations(template.Metadata?.Annotations, "spec.template.metadata.annotations"),
                .. InstanceSpecRules.CheckWithDefaults(template.Spec, "spec.template.spec", configuration),
            ];

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

    private static bool IsNews(AdmissionRequest request, VirtualMachine machine) =>
        request.OldObject is not VirtualMachine old
        || (machine.Metadata.DeletionTimestamp is null && !AreSame(old.Spec, machine.Spec));

    private static bool AreSame(VirtualMachineSpec old, VirtualMachineSpec next) =>
        JsonSerializer
            .SerializeToUtf8Bytes(old, ApiJson.Default.VirtualMachineSpec)
            .AsSpan()
            .SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(next, ApiJson.Default.VirtualMachineSpec));

    private static IEnumerable<string> Warnings(VirtualMachine machine) =>
        [
            .. machine.Spec?.Running is null ? [] : new[] { RunningIsOld },
            .. InstanceSpecRules.Warnings(machine.Spec?.Template?.Spec, "spec.template.spec"),
        ];
}
