using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.ApiServer.OpenApi;

/// <summary>The extension by which clients find the schema and the paths of a kind.</summary>
internal static class GroupVersionKind
{
    public const string Key = "x-kubernetes-group-version-kind";

    /// <summary>As paths write it.</summary>
    public static JsonObject Of(ResourceKind kind) => One(kind.Group, kind.Version, kind.Kind);

    /// <summary>As schemas write it.</summary>
    public static JsonArray List(string group, string version, string kind) => new(One(group, version, kind));

    private static JsonObject One(string group, string version, string kind) =>
        new()
        {
            ["group"] = group,
            ["kind"] = kind,
            ["version"] = version,
        };
}
