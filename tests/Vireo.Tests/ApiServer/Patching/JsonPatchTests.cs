using System.Text.Json.Nodes;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Patching;

namespace Vireo.Tests.ApiServer.Patching;

public sealed class JsonPatchTests
{
    /// <summary>Cases of RFC 6902 (appendix A) and of its pointers.</summary>
    [Theory]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux"}]""", """{"foo":"bar","baz":"qux"}""")]
    [InlineData(
        """{"foo":["bar","baz"]}""",
        """[{"op":"add","path":"/foo/1","value":"qux"}]""",
        """{"foo":["bar","qux","baz"]}"""
    )]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"remove","path":"/baz"}]""", """{"foo":"bar"}""")]
    [InlineData(
        """{"foo":["bar","qux","baz"]}""",
        """[{"op":"remove","path":"/foo/1"}]""",
        """{"foo":["bar","baz"]}"""
    )]
    [InlineData("""{"baz":"qux"}""", """[{"op":"replace","path":"/baz","value":"boo"}]""", """{"baz":"boo"}""")]
    [InlineData("""{"l":[1,2,3]}""", """[{"op":"replace","path":"/l/1","value":9}]""", """{"l":[1,9,3]}""")]
    [InlineData(
        """{"foo":{"bar":1,"waldo":2},"qux":{"c":3}}""",
        """[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]""",
        """{"foo":{"bar":1},"qux":{"c":3,"thud":2}}"""
    )]
    [InlineData(
        """{"foo":["all","grass","cows","eat"]}""",
        """[{"op":"move","from":"/foo/1","path":"/foo/3"}]""",
        """{"foo":["all","cows","eat","grass"]}"""
    )]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"copy","from":"/a","path":"/c"}]""", """{"a":{"b":1},"c":{"b":1}}""")]
    [InlineData("""{"foo":["a",2,"c"]}""", """[{"op":"test","path":"/foo/1","value":2}]""", """{"foo":["a",2,"c"]}""")]
    [InlineData(
        """{"foo":["bar"]}""",
        """[{"op":"add","path":"/foo/-","value":["abc"]}]""",
        """{"foo":["bar",["abc"]]}"""
    )]
    [InlineData(
        """{"/":9,"~1":10}""",
        """[{"op":"test","path":"/~01","value":10},{"op":"replace","path":"/~1","value":1}]""",
        """{"/":1,"~1":10}"""
    )]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"","value":{"b":2}}]""", """{"b":2}""")]
    [InlineData("""{"a":null}""", """[{"op":"test","path":"/a","value":null},{"op":"remove","path":"/a"}]""", """{}""")]
    [InlineData("""{"a":1}""", """[{"op":"move","from":"/a","path":"/a"}]""", """{"a":1}""")]
    [InlineData("""{"a":1}""", """[]""", """{"a":1}""")]
    public void An_operation_does_what_the_standard_says(string before, string patch, string after)
    {
        var target = JsonNode.Parse(before)!;
        var result = JsonPatch.Read(JsonNode.Parse(patch)!.AsArray()).Apply(target);
        JsonNode.DeepEquals(result, JsonNode.Parse(after)).ShouldBeTrue(result?.ToJsonString());
        target.ToJsonString().ShouldBe(JsonNode.Parse(before)!.ToJsonString());
    }

    [Theory]
    [InlineData("""[{"op":"test","path":"/foo","value":"x"}]""", "testing value /foo failed")]
    [InlineData("""[{"op":"remove","path":"/none"}]""", "\"/none\" does not exist")]
    [InlineData("""[{"op":"replace","path":"/none","value":1}]""", "\"/none\" does not exist")]
    [InlineData("""[{"op":"add","path":"/none/x","value":1}]""", "does not exist")]
    [InlineData("""[{"op":"add","path":"/list/5","value":1}]""", "does not exist")]
    [InlineData("""[{"op":"add","path":"/list/01","value":1}]""", "does not exist")]
    [InlineData("""[{"op":"remove","path":"/list/-"}]""", "does not exist")]
    [InlineData("""[{"op":"copy","from":"/none","path":"/x"}]""", "does not exist")]
    [InlineData("""[{"op":"move","from":"/map","path":"/map/x"}]""", "into itself")]
    [InlineData("""[{"op":"remove","path":""}]""", "cannot be removed")]
    [InlineData("""[{"op":"add","path":"/foo/x","value":1}]""", "does not exist")]
    public void What_cannot_be_done_is_refused(string patch, string expected)
    {
        var target = JsonNode.Parse("""{"foo":"bar","list":[1,2],"map":{"a":1}}""")!;
        Should
            .Throw<JsonPatchException>(() => JsonPatch.Read(JsonNode.Parse(patch)!.AsArray()).Apply(target))
            .Message.ShouldContain(expected);
    }

    [Theory]
    [InlineData("""[1]""", "operation 0 is not an object")]
    [InlineData("""[{"path":"/a"}]""", "operation 0 has no op")]
    [InlineData("""[{"op":"add","path":"/a"}]""", "add needs a value")]
    [InlineData("""[{"op":"add","path":"a","value":1}]""", "has to start with /")]
    [InlineData("""[{"op":"sing","path":"/a"}]""", "\"sing\" is not one of")]
    [InlineData("""[{"op":"move","path":"/a"}]""", "operation 0 has no from")]
    public void What_is_no_operation_is_a_bad_request(string patch, string expected)
    {
        var refusal = Should.Throw<StatusException>(() => JsonPatch.Read(JsonNode.Parse(patch)!.AsArray()));
        refusal.Status.Code.ShouldBe(400);
        refusal.Message.ShouldContain(expected);
    }

    [Fact]
    public void Copies_of_copies_are_stopped_before_they_fill_the_memory()
    {
        var bomb = new JsonArray();
        for (var i = 0; i < 60; i++)
        {
            bomb.Add(JsonNode.Parse($$"""{"op":"copy","from":"/a","path":"/a/{{i}}"}"""));
        }

        var target = JsonNode.Parse("""{"a":[1]}""")!;
        Should.Throw<JsonPatchException>(() => JsonPatch.Read(bomb).Apply(target));

        var wide = new JsonArray();
        for (var i = 0; i < 60; i++)
        {
            wide.Add(JsonNode.Parse($$"""{"op":"copy","from":"/x","path":"/y{{i}}"}"""));
        }

        var large = new JsonObject { ["x"] = new string('x', 100_000) };
        Should.Throw<JsonPatchException>(() => JsonPatch.Read(wide).Apply(large)).Message.ShouldContain("bytes");
    }

    [Fact]
    public void A_patch_has_a_limit_of_operations()
    {
        var patch = new JsonArray();
        for (var i = 0; i <= 10_000; i++)
        {
            patch.Add(JsonNode.Parse("""{"op":"test","path":"/a","value":1}"""));
        }

        Should.Throw<StatusException>(() => JsonPatch.Read(patch));
    }
}
