using System.Text.Json;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>
/// Configurations of instances. Their spec is the user's: it is checked as a virtual machine's is, and nothing is
/// written into it. Their status is Vireo's.
/// </summary>
internal static class VirtualMachineInstanceConfigAdmission
{
    public static AdmissionResult Review(AdmissionRequest request, VirtualMachineInstanceConfig config)
    {
        var old = request.OldObject as VirtualMachineInstanceConfig;
        return AdmissionResult.Of(
            request.Context.IsSystem ? config : config with { Status = old?.Status },
            IsNews(old, config) ? Check(config, old, request.Context) : [],
            InstanceSpecRules.Warnings(config.Spec?.Template?.Spec, "spec.template.spec")
        );
    }

    private static IEnumerable<FieldError> Check(
        VirtualMachineInstanceConfig config,
        VirtualMachineInstanceConfig? old,
        AdmissionContext context
    ) =>
        config.Spec is null
            ? [FieldError.Required("spec", "spec is missing.")]
            : TemplateRules.Check(
                config.Spec.Template,
                old?.Spec?.Template,
                "spec.template is missing: write the instance to make there.",
                context
            );

    private static bool IsNews(VirtualMachineInstanceConfig? old, VirtualMachineInstanceConfig config) =>
        old is null || (config.Metadata.DeletionTimestamp is null && !AreSame(old.Spec, config.Spec));

    private static bool AreSame(VirtualMachineInstanceConfigSpec old, VirtualMachineInstanceConfigSpec next) =>
        JsonSerializer
            .SerializeToUtf8Bytes(old, ApiJson.Default.VirtualMachineInstanceConfigSpec)
            .AsSpan()
            .SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(next, ApiJson.Default.VirtualMachineInstanceConfigSpec));
}
