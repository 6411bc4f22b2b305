using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Vireo.ApiBench;

/// <summary>The schema of VirtualMachine for a server that has to be taught it, from one that knows it.</summary>
internal static class Definition
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    private static readonly string[] Kept =
    [
        "type",
        "format",
        "description",
        "enum",
        "minimum",
        "maximum",
        "required",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-int-or-string",
    ];

    /// <summary>The definition as JSON.</summary>
    public static async Task<string> FromAsync(HttpClient client, CancellationToken ct)
    {
        var document = JsonNode.Parse(await client.GetStringAsync("/openapi/v3/apis/kubevirt.io/v1", ct))!;
        var all = document["components"]!["schemas"]!.AsObject();
        var machine = all.Single(schema => schema.Key.EndsWith(".VirtualMachine", StringComparison.Ordinal)).Value!;
        var schema = Plain(machine, all).AsObject();
        schema["properties"]!["metadata"] = new JsonObject { ["type"] = "object" };
        var version = new JsonObject
        {
            ["name"] = "v1",
            ["served"] = true,
            ["storage"] = true,
            ["subresources"] = new JsonObject { ["status"] = new JsonObject() },
            ["additionalPrinterColumns"] = new JsonArray(
                Column("Age", "date", ".metadata.creationTimestamp"),
                Column("Status", "string", ".status.printableStatus"),
                Column("Ready", "string", ".status.conditions[?(@.type=='Ready')].status")
            ),
            ["schema"] = new JsonObject { ["openAPIV3Schema"] = schema },
        };
        return new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = "virtualmachines.kubevirt.io" },
            ["spec"] = new JsonObject
            {
                ["group"] = "kubevirt.io",
                ["scope"] = "Namespaced",
                ["names"] = new JsonObject
                {
                    ["kind"] = "VirtualMachine",
                    ["plural"] = "virtualmachines",
                    ["singular"] = "virtualmachine",
                    ["shortNames"] = new JsonArray("vm", "vms"),
                },
                ["versions"] = new JsonArray(version),
            },
        }.ToJsonString();
    }

    /// <summary>Installs the definition and waits until its objects are served.</summary>
    public static async Task InstallAsync(HttpClient client, string definition, CancellationToken ct)
    {
        using var body = new StringContent(definition, Encoding.UTF8, "application/json");
        using var made = await client.PostAsync(Definitions, body, ct);
        if (made.StatusCode != HttpStatusCode.Conflict && !made.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(await made.Content.ReadAsStringAsync(ct));
        }

        for (var i = 0; i < 300; i++)
        {
            using var served = await client.GetAsync(Machine.Collection, ct);
            if (served.IsSuccessStatusCode)
            {
                return;
            }

            await Task.Delay(100, ct);
        }

        throw new TimeoutException("The definition was taken, and its objects are not served.");
    }

    private static JsonObject Column(string name, string type, string path) =>
        new()
        {
            ["name"] = name,
            ["type"] = type,
            ["jsonPath"] = path,
        };

    /// <summary>The schema with every reference in its place, and without what a definition may not hold.</summary>
    private static JsonNode Plain(JsonNode schema, JsonObject all)
    {
        var target = schema["$ref"] ?? schema["allOf"]?[0]?["$ref"];
        if (target is not null)
        {
            return Plain(all[target.ToString().Split('/')[^1]]!, all);
        }

        var plain = new JsonObject();
        foreach (var name in Kept)
        {
            if (schema[name] is { } value)
            {
                plain[name] = value.DeepClone();
            }
        }

        if (schema["items"] is { } items)
        {
            plain["items"] = Plain(items, all);
        }

        if (schema["additionalProperties"] is JsonObject free)
        {
            plain["additionalProperties"] = Plain(free, all);
        }

        if (schema["properties"] is JsonObject properties)
        {
            plain["properties"] = new JsonObject(
                properties.Select(property => KeyValuePair.Create(property.Key, (JsonNode?)Plain(property.Value!, all)))
            );
        }

        Complete(plain, schema);
        return plain;
    }

    /// <summary>Amounts may be texts or numbers, and what has no type may be anything.</summary>
    private static void Complete(JsonObject plain, JsonNode schema)
    {
        if (
            schema["oneOf"] is not null
            || schema["anyOf"] is not null
            || plain.ContainsKey("x-kubernetes-int-or-string")
        )
        {
            plain.Remove("type");
            plain.Remove("format");
            plain["x-kubernetes-int-or-string"] = true;
        }
        else if (!plain.ContainsKey("type"))
        {
            plain["x-kubernetes-preserve-unknown-fields"] = true;
        }
    }
}
