using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.OpenApi;

namespace Vireo.Tests.ApiServer.OpenApi;

public class KubeVirtManifestTests
{
    public static TheoryData<string> Manifests => [.. KubeVirtManifests.All.Keys];

    [Theory, MemberData(nameof(Manifests))]
    public void A_manifest_of_KubeVirt_passes_as_it_stands(string name)
    {
        var obj = JsonNode.Parse(KubeVirtManifests.All[name])!.AsObject();
        var kind = ResourceKinds.All.Single(kind => kind.Kind == obj["kind"]!.GetValue<string>());

        var result = StructuralValidator.Validate(kind, obj, FieldValidation.Strict);

        result.Errors.ShouldBeEmpty();
        result.StrictError.ShouldBeNull();
        obj.Deserialize(kind.TypeInfo).ShouldBeAssignableTo<IResource>()!.Kind.ShouldBe(kind.Kind);
        var again = JsonSerializer.SerializeToNode(obj.Deserialize(kind.TypeInfo), kind.TypeInfo)!.AsObject();
        StructuralValidator.Validate(kind, again, FieldValidation.Strict).IsValid.ShouldBeTrue();
    }
}
