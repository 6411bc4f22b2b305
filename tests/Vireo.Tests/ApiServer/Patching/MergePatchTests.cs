using System.Text.Json.Nodes;
using Vireo.ApiServer.Patching;

namespace Vireo.Tests.ApiServer.Patching;

public sealed class MergePatchTests
{
    /// <summary>The cases of RFC 7386, appendix A, whose result is an object.</summary>
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", """{}""")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("""{}""", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    [InlineData("""{"a":"text"}""", """{"a":{"b":1}}""", """{"a":{"b":1}}""")]
    public void A_merge_does_what_the_standard_says(string before, string patch, string after)
    {
        var result = MergePatch.Apply(JsonNode.Parse(before), JsonNode.Parse(patch));
        JsonNode.DeepEquals(result, JsonNode.Parse(after)).ShouldBeTrue(result?.ToJsonString());
    }
}
