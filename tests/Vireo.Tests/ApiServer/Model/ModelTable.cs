using System.Globalization;
using System.Text.Json.Nodes;
using Vireo.ApiServer.Printing;

namespace Vireo.Tests.ApiServer.Model;

/// <summary>Objects as the rows of a table, which is what kubectl asks for.</summary>
/// <param name="Include">What of its object a row carries: None, Metadata or Object.</param>
internal sealed record ModelTable(string Include)
{
    public const string Accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

    private static readonly string[] Includes = ["None", "Metadata", "Object"];

    public string Query => $"includeObject={Include}";

    /// <summary>One of the tables, or as often none.</summary>
    public static ModelTable? Pick(Random random) =>
        random.Next(2) == 0 ? null : new(Includes[random.Next(Includes.Length)]);

    /// <summary>The table of an object or a list.</summary>
    public JsonObject Of(ModelKind kind, JsonObject shown, DateTimeOffset now) =>
        Table(
            shown["metadata"]!["resourceVersion"]!,
            kind.Columns,
            (shown["items"]?.AsArray() ?? [shown.DeepClone()]).Select(item => Row(kind, item!.AsObject(), now))
        );

    /// <summary>The table by which a watch tells how far it is.</summary>
    public static JsonObject OfMark(JsonObject mark) =>
        Table(
            mark["metadata"]!["resourceVersion"]!,
            [],
            [new() { ["cells"] = new JsonArray(), ["object"] = mark.DeepClone() }]
        );

    /// <summary>A table as it was answered, with the names of its columns only.</summary>
    public static void Shorten(JsonObject table) =>
        table["columnDefinitions"] = Strings(
            table["columnDefinitions"]!.AsArray().Select(column => column!["name"]!.ToString())
        );

    private static JsonObject Table(JsonNode revision, IEnumerable<string> columns, IEnumerable<JsonObject> rows) =>
        new()
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = new JsonObject { ["resourceVersion"] = revision.ToString() },
            ["columnDefinitions"] = Strings(columns),
            ["rows"] = new JsonArray([.. rows]),
        };

    private JsonObject Row(ModelKind kind, JsonObject item, DateTimeOffset now)
    {
        var made = DateTimeOffset.Parse(
            item["metadata"]!["creationTimestamp"]!.ToString(),
            CultureInfo.InvariantCulture
        );
        return new()
        {
            ["cells"] = kind.Cells(item, Ages.Text(now - made)),
            ["object"] = Include switch
            {
                "None" => null,
                "Object" => item.DeepClone(),
                _ => new JsonObject
                {
                    ["kind"] = "PartialObjectMetadata",
                    ["apiVersion"] = "meta.k8s.io/v1",
                    ["metadata"] = item["metadata"]!.DeepClone(),
                },
            },
        };
    }

    private static JsonArray Strings(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}
