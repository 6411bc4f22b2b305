using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.OpenApi;
using Vireo.Rules;

namespace Vireo.Tests.ApiServer.OpenApi;

public class UnsupportedFieldValidationTests
{
    [Theory]
    [InlineData(FieldValidation.Strict)]
    [InlineData(FieldValidation.Warn)]
    [InlineData(FieldValidation.Ignore)]
    public void A_field_that_only_KubeVirt_acts_on_is_always_refused_by_name(FieldValidation mode)
    {
        var obj = Instance("""{ "domain": { "devices": {} }, "livenessProbe": { "guestAgentPing": {} } }""");

        StructuralValidator
            .Validate(ResourceKinds.VirtualMachineInstances, obj, mode)
            .Errors.ShouldHaveSingleItem()
            .ShouldBe(
                new FieldError(
                    "spec.livenessProbe",
                    FieldErrorReason.FieldValueForbidden,
                    "livenessProbe is a KubeVirt field that Vireo does not implement; remove it"
                )
            );
    }

    [Theory]
    [InlineData("affinity", """{ "podAntiAffinity": {} }""")]
    [InlineData("tolerations", """[{ "operator": "Exists" }]""")]
    [InlineData("topologySpreadConstraints", """[{ "maxSkew": 1 }]""")]
    public void What_would_place_a_guest_and_is_not_acted_on_is_refused_by_name(string field, string value)
    {
        var obj = Instance($$"""{ "domain": { "devices": {} }, "{{field}}": {{value}} }""");

        Validate(obj).Errors.ShouldHaveSingleItem().Field.ShouldBe($"spec.{field}");
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("false")]
    [InlineData("\"\"")]
    public void A_field_that_only_KubeVirt_acts_on_is_dropped_when_it_asks_for_nothing(string value)
    {
        var obj = Instance($$"""{ "domain": { "devices": {} }, "affinity": {{value}} }""");

        Validate(obj).IsValid.ShouldBeTrue();
        obj["spec"]!.AsObject().ContainsKey("affinity").ShouldBeFalse();
    }

    [Fact]
    public void A_choice_that_is_made_by_an_empty_object_is_refused_too()
    {
        var obj = Instance("""{ "domain": { "devices": { "interfaces": [ { "name": "a", "sriov": {} } ] } } }""");

        Validate(obj).Errors.ShouldHaveSingleItem().Field.ShouldBe("spec.domain.devices.interfaces[0].sriov");
    }

    private static JsonObject Instance(string spec) => new() { ["spec"] = JsonNode.Parse(spec) };

    private static StructuralResult Validate(JsonObject obj) =>
        StructuralValidator.Validate(ResourceKinds.VirtualMachineInstances, obj, FieldValidation.Strict);
}
