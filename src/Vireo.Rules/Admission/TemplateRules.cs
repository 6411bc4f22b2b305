using Vireo.Api;

namespace Vireo.Rules;

/// <summary>All that must hold for the template that instances are made from.</summary>
/// <remarks>
/// It is checked as the instance it would become, with every default filled, so that nothing is refused that only a
/// default is missing for.
/// </remarks>
internal static class TemplateRules
{
    private const string Path = "spec.template";

    /// <summary>The errors of a template.</summary>
    /// <param name="template">The template that is to be stored.</param>
    /// <param name="old">The template that is stored now; null on create.</param>
    /// <param name="missing">What to say when there is none.</param>
    /// <param name="context">The configuration, and who asks.</param>
    public static IEnumerable<FieldError> Check(
        VirtualMachineInstanceTemplateSpec? template,
        VirtualMachineInstanceTemplateSpec? old,
        string missing,
        AdmissionContext context
    ) =>
        template is null
            ? [FieldError.Required(Path, missing)]
            :
            [
                .. MetadataRules.Labels(template.Metadata?.Labels, $"{Path}.metadata.labels"),
                .. ReservedLabelRules.None(template.Metadata?.Labels, $"{Path}.metadata.labels"),
                .. MetadataRules.Annotations(template.Metadata?.Annotations, $"{Path}.metadata.annotations"),
                .. RebootPolicyRules.Check(template.Spec, old?.Spec, $"{Path}.spec", context),
                .. SavedImageRules.None(template.Spec?.Volumes, $"{Path}.spec.volumes"),
                .. InstanceSpecRules.CheckWithDefaults(template.Spec, $"{Path}.spec", context.Configuration),
            ];
}
