using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.OpenApi;

namespace Vireo.Tests.ApiServer.Fuzz;

/// <summary>Makes objects that have the shape of their kind and hold whatever may be put there, or may not.</summary>
/// <param name="random">Chooses.</param>
/// <param name="wrong">How many values of a thousand are of another type than the schema says.</param>
internal sealed class SchemaObjects(Random random, int wrong)
{
    private const int Deepest = 14;

    private static readonly string[] Words =
    [
        "",
        "fuzz",
        "a.b/c",
        "there",
        "default",
        "root",
        "u1.small",
        "pc-q35-9.2",
        "q35",
        "pc-q35-99999999999999999999.1",
        "10.0.0.0/8",
        "02:00:00:00:00:01",
        "02:00:00:00:00:0g",
        "::1",
        "1Gi",
        "-1",
        "0",
        "1e400",
        "9223372036854775807Ei",
        "0.0000000000000000001n",
        "25%",
        "100500%",
        "https://example.com/x?y#z",
        "docker://",
        "vireo/x:v1@sha256:0",
        "2026-01-01T00:00:00Z",
        "9999-12-31T23:59:59.9999999Z",
        "0000-00-00T00:00:00Z",
        "* * * * *",
        "5m",
        "-5h",
        "Halted",
        "Always",
        "In",
        "NotIn",
        "../../../etc/passwd",
        "/dev/null",
        "<xml attr='1'>&amp;</xml>",
        "\u0000\u0001\u001f",
        "\u202e\ud83d\ude00",
        "'\"\\$(id)`",
        "aGVsbG8=",
        "#cloud-config\n",
    ];

    private static readonly string[] Raw =
    [
        "null",
        "1",
        "-1",
        "1e400",
        "-9223372036854775809",
        "0.1",
        "true",
        "\"\"",
        "\"x\"",
        "[]",
        "[null]",
        "{}",
        "{\"\":null}",
        "[[[[[[]]]]]]",
        "\"999999999999999999999999Gi\"",
    ];

    public JsonObject Of(ResourceKind kind)
    {
        var made = Object(StructuralSchema.For(kind), 0);
        (made["apiVersion"], made["kind"]) = (kind.ApiVersion, kind.Kind);
        if (random.Next(10) > 0)
        {
            made["metadata"] = new JsonObject { ["name"] = "fuzz" };
        }

        return made;
    }

    private JsonObject Object(SchemaNode node, int depth)
    {
        var made = new JsonObject();
        // Few fields near the leaves, so that objects stay small and their upper parts are often all there.
        var chance = Math.Max(5, 50 - (depth * 5));
        foreach (var (name, property) in node.Properties)
        {
            if (random.Next(100) < (property.IsRequired ? 97 : chance))
            {
                made[name] =
                    property.Values is { Count: > 0 } values && random.Next(10) > 0
                        ? values[random.Next(values.Count)]
                        : Value(property.Value, depth + 1);
            }
        }

        if (random.Next(60) == 0 && node.Unsupported.Count > 0)
        {
            made[node.Unsupported.Keys.ElementAt(random.Next(node.Unsupported.Count))] = Wrong();
        }

        return made;
    }

    private JsonNode? Value(SchemaNode node, int depth) =>
        random.Next(1000) < wrong ? Wrong()
        : depth > Deepest ? null
        : node.Type switch
        {
            SchemaType.Object => Object(node, depth),
            SchemaType.Array => new JsonArray([
                .. Enumerable.Range(0, random.Next(4)).Select(_ => Value(node.Items!, depth + 1)),
            ]),
            SchemaType.Map => Map(node, depth),
            SchemaType.Boolean => random.Next(2) == 0,
            SchemaType.Integer => random.Next(4) switch
            {
                0 => random.Next(10),
                1 => -1,
                2 => node.Format == "int32" ? int.MaxValue : long.MaxValue,
                _ => random.Next(),
            },
            SchemaType.Any => Wrong(),
            _ when node.Values is { Count: > 0 } values => values[random.Next(values.Count)],
            _ => Words[random.Next(Words.Length)],
        };

    private JsonObject Map(SchemaNode node, int depth)
    {
        var made = new JsonObject();
        for (var i = random.Next(3); i > 0; i--)
        {
            made[Words[random.Next(Words.Length)]] = Value(node.Items!, depth + 1);
        }

        return made;
    }

    private JsonNode? Wrong() =>
        random.Next(30) == 0
            ? JsonNode.Parse(BadBodies.Deep("{\"a\":[", "1", "]}", random.Next(10, 40)), null, new() { MaxDepth = 200 })
            : JsonNode.Parse(Raw[random.Next(Raw.Length)]);
}
