using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

/// <summary>What is wrong with a machine whose template was changed.</summary>
internal static class TemplateErrors
{
    public static IReadOnlyList<FieldError> Errors(
        KubeVirtConfiguration? configuration,
        params (string Path, string Json)[] changes
    ) => Samples.Review(Samples.MachineWith(changes), configuration: configuration).Errors;

    public static KubeVirtConfiguration WithGate(string gate) =>
        new() { DeveloperConfiguration = new() { FeatureGates = [gate] } };

    public static void ShouldBeTheOnlyError(IReadOnlyList<FieldError> errors, string field, string text)
    {
        errors.Select(error => error.Field).ShouldBe([$"spec.template.spec.{field}"]);
        errors[0].Message.ShouldContain(text);
    }
}
