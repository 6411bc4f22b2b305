using System.Text;
using System.Text.Json.Nodes;
using Vireo.Runtime;

namespace Vireo.Tests.Runtime;

public sealed class YamlTests
{
    private static string Json(string yaml) => Yaml.ToJson(yaml).ShouldHaveSingleItem().ToJsonString(Relaxed);

    private static System.Text.Json.JsonSerializerOptions Relaxed { get; } =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData("a: 1", """{"a":1}""")]
    [InlineData("a: [1, two, {b: c}]", """{"a":[1,"two",{"b":"c"}]}""")]
    [InlineData("a:\n- b\n- c: 1\n  d: 2", """{"a":["b",{"c":1,"d":2}]}""")]
    [InlineData("a: |\n  x\n   y\n", """{"a":"x\n y\n"}""")]
    [InlineData("a: >-\n  x\n  y\n", """{"a":"x y"}""")]
    [InlineData("a:\nb: ~", """{"a":null,"b":null}""")]
    [InlineData("\uFEFFa: 1 # why", """{"a":1}""")]
    [InlineData("on: 1\n7: x\n0x10: y\n1.50: z", """{"true":1,"7":"x","16":"y","1.5":"z"}""")]
    public void Yaml_is_another_way_to_write_json(string yaml, string json) => Json(yaml).ShouldBe(json);

    [Theory]
    [InlineData("true", "true")]
    [InlineData("Yes", "true")]
    [InlineData("on", "true")]
    [InlineData("off", "false")]
    [InlineData("NO", "false")]
    [InlineData("y", "\"y\"")]
    [InlineData("yeS", "\"yeS\"")]
    [InlineData("Null", "null")]
    [InlineData("0755", "493")]
    [InlineData("0o17", "15")]
    [InlineData("0x1F", "31")]
    [InlineData("-0b11", "-3")]
    [InlineData("089", "89")]
    [InlineData("1_000", "1000")]
    [InlineData("+12", "12")]
    [InlineData("1e3", "1000")]
    [InlineData("-.5", "-0.5")]
    [InlineData("5.", "5")]
    [InlineData("18446744073709551615", "18446744073709551615")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("18446744073709551616", "1.8446744073709552E+19")]
    [InlineData("0x", "\"0x\"")]
    [InlineData("1e", "\"1e\"")]
    [InlineData("1e999", "\"1e999\"")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData("02:00:00:00:00:01", "\"02:00:00:00:00:01\"")]
    [InlineData("12:30", "\"12:30\"")]
    [InlineData("2026-01-01", "\"2026-01-01\"")]
    [InlineData("2Gi", "\"2Gi\"")]
    [InlineData("-", "null")]
    [InlineData("\"true\"", "\"true\"")]
    [InlineData("'0755'", "\"0755\"")]
    [InlineData("!!str 12", "\"12\"")]
    [InlineData("! 12", "\"12\"")]
    [InlineData("!!int 12", "12")]
    [InlineData("!!int \"12\"", "12")]
    public void Words_mean_what_kubectl_takes_them_for(string word, string json)
    {
        if (word == "-")
        {
            json = "[null]";
        }

        Json($"a:\n  {word}").ShouldBe($$"""{"a":{{json}}}""");
    }

    [Fact]
    public void Documents_are_read_one_by_one_and_empty_ones_are_left_out() =>
        Yaml.ToJson("---\n# nothing\n---\na: 1\n---\n\n---\nb: 2\n...\n---\nnull\n")
            .Select(document => document.ToJsonString())
            .ShouldBe(["""{"a":1}""", """{"b":2}"""]);

    [Fact]
    public void Json_is_read_as_it_is_one_value_or_several()
    {
        Yaml.ToJson(""" {"a": 0755e0, "b": "yes"} """).Count.ShouldBe(1);
        Yaml.ToJson("{\"a\":1}\n{\"b\":\"on\"}[3]")
            .Select(value => value.ToJsonString())
            .ShouldBe(["""{"a":1}""", """{"b":"on"}""", "[3]"]);
        Json("{a: yes}").ShouldBe("""{"a":true}""");
    }

    [Fact]
    public void Anchors_and_merge_keys_are_followed()
    {
        Json("a: &x {p: 1, q: 2}\nb: *x\nc: {<<: *x, q: 3}")
            .ShouldBe("""{"a":{"p":1,"q":2},"b":{"p":1,"q":2},"c":{"q":3,"p":1}}""");
        Json("a: &x {p: 1}\nb: &y {p: 2, q: 2}\nc:\n  <<: [*x, *y]")
            .ShouldEndWith(
                """
                "c":{"p":1,"q":2}}
                """.Trim()
            );
        Json("'<<': 1").ShouldBe("""{"<<":1}""");
        Json("&k a: *k").ShouldBe("""{"a":"a"}""");
    }

    [Theory]
    [InlineData("a: 1\nb:\n  c: 1\n  c: 2", "line 4, column 3: The key 'c' is there twice")]
    [InlineData("{\"a\": 1, \"a\": 2}", "line 1, column 10: The key 'a' is there twice")]
    [InlineData("a: [1", "line 2, column 1: ")]
    [InlineData("a: b: c", "line 1")]
    [InlineData("a: 1\n\tb: 2", "found a tab")]
    [InlineData("a: *nobody", "line 1, column 4: Nothing before it is marked '&nobody'")]
    [InlineData("&a [*a]", "Nothing before it is marked '&a'")]
    [InlineData("a: .inf", "'.inf' is no number that JSON can hold")]
    [InlineData("a: !!int x", "'x' is not what its tag")]
    [InlineData("a: !!binary aGk=", "The tag 'tag:yaml.org,2002:binary' is not known")]
    [InlineData("a: !foo {}", "The tag '!foo' is not known")]
    [InlineData("~: 1", "A key is empty")]
    [InlineData("[1]: 1", "A key is a list or a mapping")]
    [InlineData("<<: 1", "'<<' merges a mapping")]
    public void A_mistake_is_named_with_its_line(string yaml, string message) =>
        Should.Throw<FormatException>(() => Yaml.ToJson(yaml)).Message.ShouldContain(message);

    [Fact]
    public void Depth_length_and_aliases_are_bounded()
    {
        Yaml.ToJson(new string('[', 100) + new string(']', 100)).Count.ShouldBe(1);
        Fails(new string('[', 3_000_000)).ShouldContain("more than 100 deep");
        Fails(string.Concat(Enumerable.Range(0, 101).Select(i => new string(' ', i) + "a:\n")))
            .ShouldContain("100 deep");
        Fails(new string('x', Yaml.MaxLength + 1)).ShouldContain("at most");
        Fails(
                "a: &a ["
                    + new string('[', 60)
                    + new string(']', 60)
                    + "]\nb: "
                    + new string('[', 60)
                    + "*a"
                    + new string(']', 60)
            )
            .ShouldContain("100 deep");
        var laughs = new StringBuilder("a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n");
        for (var i = 1; i < 12; i++)
        {
            laughs.AppendLine($"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 9))}]");
        }

        Fails(laughs.ToString()).ShouldContain("The aliases stand for more than");
        Fails($"a: &a {new string('x', 1_000_000)}\nb: [*a,*a,*a,*a]").ShouldContain("The aliases stand for more than");

        static string Fails(string yaml) => Should.Throw<FormatException>(() => Yaml.ToJson(yaml)).Message;
    }

    [Fact]
    public void Objects_are_printed_as_kubectl_prints_them()
    {
        var json = """
            {"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","labels":{},
            "creationTimestamp":"2026-01-01T00:00:00Z"},
            "data":{"disk10":"true","disk2":"1","script":"#!/bin/sh\necho\n","none":"","note":"a: b",
            "mac":"02:00:00:00:00:01",
            "at":"@x","tail":"one\ntwo","emoji":"é😀"},"list":[1,{"b":null,"a":[]},["x",[2.5]],[]]}
            """;

        Yaml.FromJson(JsonNode.Parse(json))
            .ShouldBe(
                """
                apiVersion: v1
                data:
                  at: '@x'
                  disk2: "1"
                  disk10: "true"
                  emoji: "é\U0001F600"
                  mac: "02:00:00:00:00:01"
                  none: ""
                  note: 'a: b'
                  script: |
                    #!/bin/sh
                    echo
                  tail: |-
                    one
                    two
                kind: ConfigMap
                list:
                - 1
                - a: []
                  b: null
                - - x
                  - - 2.5
                - []
                metadata:
                  creationTimestamp: "2026-01-01T00:00:00Z"
                  labels: {}
                  name: a

                """,
                StringCompareShould.IgnoreLineEndings
            );
    }
}
