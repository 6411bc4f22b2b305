using System.Text.Json;
using Vireo.Api;

namespace Vireo.ApiServer.Discovery;

/// <summary>Discovery of many groups in one answer, as newer clients read it.</summary>
internal static class AggregatedDiscovery
{
    public const string ContentType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    /// <summary>The groups of these kinds with all they offer.</summary>
    public static byte[] Of(IEnumerable<ResourceKind> kinds) =>
        Documents.Of(
            "APIGroupDiscoveryList",
            "apidiscovery.k8s.io/v2",
            writer =>
            {
                writer.WriteStartObject("metadata");
                writer.WriteEndObject();
                writer.WriteStartArray("items");
                foreach (var group in kinds.GroupBy(kind => kind.Group))
                {
                    WriteGroup(writer, group);
                }

                writer.WriteEndArray();
            }
        );

    private static void WriteGroup(Utf8JsonWriter writer, IGrouping<string, ResourceKind> group)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("metadata");
        if (group.Key.Length > 0)
        {
            writer.WriteString("name", group.Key);
        }

        writer.WriteNull("creationTimestamp");
        writer.WriteEndObject();
        writer.WriteStartArray("versions");
        foreach (var version in group.GroupBy(kind => kind.Version))
        {
            writer.WriteStartObject();
            writer.WriteString("version", version.Key);
            writer.WriteStartArray("resources");
            foreach (var kind in version)
            {
                WriteResource(writer, kind);
            }

            writer.WriteEndArray();
            writer.WriteString("freshness", "Current");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteResource(Utf8JsonWriter writer, ResourceKind kind)
    {
        writer.WriteStartObject();
        writer.WriteString("resource", kind.Plural);
        WriteResponseKind(writer, kind);
        writer.WriteString("scope", kind.IsNamespaced ? "Namespaced" : "Cluster");
        writer.WriteString("singularResource", kind.Singular);
        writer.Texts("verbs", Verbs.Of(kind));
        if (kind.ShortNames.Count > 0)
        {
            writer.Texts("shortNames", kind.ShortNames);
        }

        if (kind.Categories.Count > 0)
        {
            writer.Texts("categories", kind.Categories);
        }

        var subresources = Verbs.Subresources(kind).ToArray();
        if (subresources.Length > 0)
        {
            writer.WriteStartArray("subresources");
            foreach (var (name, verbs) in subresources)
            {
                writer.WriteStartObject();
                writer.WriteString("subresource", name);
                WriteResponseKind(writer, kind);
                writer.Texts("verbs", verbs);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteResponseKind(Utf8JsonWriter writer, ResourceKind kind)
    {
        writer.WriteStartObject("responseKind");
        writer.WriteString("group", kind.Group);
        writer.WriteString("version", kind.Version);
        writer.WriteString("kind", kind.Kind);
        writer.WriteEndObject();
    }
}
