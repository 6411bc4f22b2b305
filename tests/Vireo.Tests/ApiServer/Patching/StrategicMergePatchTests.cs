using System.Text.Json.Nodes;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Patching;

namespace Vireo.Tests.ApiServer.Patching;

public sealed class StrategicMergePatchTests
{
    private const string Owned = """{"ownerReferences":[{"uid":"1","name":"a"},{"uid":"2","name":"b"}]}""";

    [Theory]
    [InlineData(
        Owned,
        """{"ownerReferences":[{"uid":"2","name":"c"},{"uid":"3"}]}""",
        """{"ownerReferences":[{"uid":"1","name":"a"},{"uid":"2","name":"c"},{"uid":"3"}]}"""
    )]
    [InlineData(
        Owned,
        """{"ownerReferences":[{"uid":"1","$patch":"delete"}]}""",
        """{"ownerReferences":[{"uid":"2","name":"b"}]}"""
    )]
    [InlineData(
        Owned,
        """{"ownerReferences":[{"$patch":"replace"},{"uid":"9"}]}""",
        """{"ownerReferences":[{"uid":"9"}]}"""
    )]
    [InlineData("""{"finalizers":["a","b"]}""", """{"finalizers":["b","c"]}""", """{"finalizers":["a","b","c"]}""")]
    [InlineData(
        """{"finalizers":["a","b"]}""",
        """{"$deleteFromPrimitiveList/finalizers":["a"],"$setElementOrder/finalizers":["b"]}""",
        """{"finalizers":["b"]}"""
    )]
    [InlineData(
        """{"labels":{"a":"1","b":"2"}}""",
        """{"labels":{"a":null,"c":"3"}}""",
        """{"labels":{"b":"2","c":"3"}}"""
    )]
    [InlineData("""{"labels":{"a":"1"}}""", """{"labels":{"$patch":"replace","c":"3"}}""", """{"labels":{"c":"3"}}""")]
    [InlineData("""{"labels":{"a":"1"}}""", """{"labels":{"$patch":"delete"}}""", """{}""")]
    [InlineData("""{"taints":[{"key":"a"}]}""", """{"taints":[{"key":"b"}]}""", """{"taints":[{"key":"b"}]}""")]
    [InlineData(
        """{"conditions":[{"type":"Ready","status":"True"}]}""",
        """{"conditions":[{"type":"Ready","status":"False"},{"type":"X"}]}""",
        """{"conditions":[{"type":"Ready","status":"False"},{"type":"X"}]}"""
    )]
    [InlineData(
        """{}""",
        """{"metadata":{"ownerReferences":[{"uid":"1","$patch":"delete"}],"labels":{"a":"b"}}}""",
        """{"metadata":{"ownerReferences":[],"labels":{"a":"b"}}}"""
    )]
    public void Lists_with_a_key_are_merged_and_directives_obeyed(string before, string patch, string after)
    {
        var result = StrategicMergePatch.Apply(JsonNode.Parse(before)!.AsObject(), JsonNode.Parse(patch)!.AsObject());
        JsonNode.DeepEquals(result, JsonNode.Parse(after)).ShouldBeTrue(result.ToJsonString());
    }

    [Fact]
    public void An_unknown_directive_is_refused() =>
        Should.Throw<StatusException>(() => StrategicMergePatch.Apply([], new JsonObject { ["$patch"] = "twist" }));
}
