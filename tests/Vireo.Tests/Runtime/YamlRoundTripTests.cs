using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Vireo.Runtime;

namespace Vireo.Tests.Runtime;

public sealed class YamlRoundTripTests
{
    [Fact]
    public void A_star_in_a_key_is_quoted_because_the_reader_stumbles_over_it() =>
        Yaml.ToJson(Yaml.FromJson(JsonNode.Parse("""{"a *:b":{"x *":1}}""")))
            .Single()
            .ToJsonString()
            .ShouldBe("""{"a *:b":{"x *":1}}""");

    [Fact]
    public void Whatever_is_printed_reads_back_as_the_same() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(
                Values.ToArbitrary(),
                value =>
                {
                    var yaml = Yaml.FromJson(new JsonObject { ["value"] = value?.DeepClone() });
                    var back = Yaml.ToJson(yaml).Single()["value"];
                    JsonNode.DeepEquals(value, back).ShouldBeTrue($"{value?.ToJsonString()}\n{yaml}");
                }
            )
        );

    [Fact]
    public void Whatever_is_read_is_read_or_refused() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1000),
            Prop.ForAll(
                Gen.ArrayOf(Gen.Elements(Scraps)).Select(string.Concat).ToArbitrary(),
                text =>
                {
                    try
                    {
                        Yaml.ToJson(text);
                    }
                    catch (FormatException)
                    {
                        // Refused.
                    }
                }
            )
        );

    [Fact]
    public void A_text_that_the_parser_cannot_place_is_refused_too() =>
        Should.Throw<FormatException>(() => Yaml.ToJson("...\n~---\nyes*\n  ")).Message.ShouldContain("no YAML");

    private static readonly string[] Scraps =
    [
        .. "abc:-?,[]{}#&*!|>'\"%@`\\\n \t~<=0123456789.+_eExo\r\0\u0085\u2028é\uFEFF".Select(c => c.ToString()),
        "\n  ",
        ": ",
        "- ",
        "---\n",
        "...\n",
        "<<: ",
        "&a ",
        "*a ",
        "!!str ",
        "yes",
        "null",
        "%YAML 1.2\n",
        "😀",
        "{\"a\":",
    ];

    private static Gen<string> Words { get; } =
        Gen.OneOf(
            Gen.ArrayOf(Gen.Elements(Scraps)).Select(string.Concat),
            Gen.Elements(
                "yes",
                "y",
                "null",
                "~",
                "1",
                "0x1",
                "1e3",
                "2026-01-01",
                "12:30",
                "-",
                "--- a",
                "...",
                "",
                " "
            ),
            ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => WellFormed(text.Get)),
            Gen.ArrayOf(Gen.Elements("one line", " indented", "", "tab\tbed", "- x", "# no"))
                .Select(l => string.Join('\n', l)),
            Gen.Choose(120, 1500).Select(length => new string('k', length))
        );

    private static Gen<JsonNode?> Values { get; } = Gen.Sized(size => ValuesOf(Math.Min(size, 20)));

    private static Gen<JsonNode?> ValuesOf(int size)
    {
        var scalars = Gen.OneOf<JsonNode?>(
            Words.Select(word => (JsonNode?)JsonValue.Create(word)),
            ArbMap.Default.GeneratorFor<long>().Select(number => (JsonNode?)JsonValue.Create(number)),
            ArbMap.Default.GeneratorFor<NormalFloat>().Select(number => (JsonNode?)JsonValue.Create(number.Get)),
            Gen.Elements<JsonNode?>(null, JsonValue.Create(true), JsonValue.Create(-0.0))
                .Select(node => node?.DeepClone())
        );
        if (size < 2)
        {
            return scalars;
        }

        var inner = ValuesOf(size / 3);
        return Gen.OneOf(
            scalars,
            Gen.ListOf(inner, 3)
                .Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())])),
            Gen.ListOf(Words.Zip(inner), 3)
                .Select(fields =>
                    (JsonNode?)
                        new JsonObject(
                            fields
                                .DistinctBy(field => field.Item1)
                                .Select(field => KeyValuePair.Create(field.Item1, field.Item2?.DeepClone()))
                        )
                )
        );
    }

    /// <summary>Half of a surrogate pair cannot be in JSON.</summary>
    private static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
