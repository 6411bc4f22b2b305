using System.Text.Json.Nodes;

namespace Vireo.SchemaCheck;

/// <summary>KubeVirt's published schema, read from the file that VIREO_KUBEVIRT_SWAGGER names.</summary>
/// <remarks>Missing is a failure, never a skip: a check that did not run must not look like one that passed.</remarks>
internal static class Swagger
{
    private const string Variable = "VIREO_KUBEVIRT_SWAGGER";

    private static readonly Lazy<JsonObject> Document = new(Load);

    /// <summary>The names of all paths.</summary>
    public static IEnumerable<string> Paths => Document.Value["paths"]!.AsObject().Select(path => path.Key);

    /// <summary>The schema of a name; null when KubeVirt has none.</summary>
    public static JsonObject? Find(string name) => Document.Value["definitions"]![name]?.AsObject();

    /// <summary>The properties of a schema by name.</summary>
    public static IReadOnlyDictionary<string, JsonNode> Properties(string name) =>
        Find(name)!["properties"]?.AsObject().ToDictionary(property => property.Key, property => property.Value!) ?? [];

    /// <summary>The properties that a schema requires.</summary>
    public static IReadOnlyList<string> Required(string name) =>
        [.. Find(name)!["required"]?.AsArray().Select(required => required!.GetValue<string>()) ?? []];

    private static JsonObject Load()
    {
        var path = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(path))
        {
            throw new InvalidOperationException($"{Variable} is not set: give it the path of KubeVirt's swagger.json.");
        }

        return JsonNode.Parse(File.ReadAllBytes(path))!.AsObject();
    }
}
