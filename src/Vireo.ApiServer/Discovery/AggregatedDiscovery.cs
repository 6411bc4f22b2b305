using System.Text.Json;
using Vireo.Api;

namespace Vireo.ApiServer.Discovery;

/// <summary>Discovery of many groups in one answer, as newer clients read it.</summary>
internal static class AggregatedDiscovery
{
    public const string ContentType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    /// <summary>The groups of these kinds with all they offer.</summary>
    /// <param name="kinds">The kinds.</param>
    /// <param name="others">Writes groups that have no kinds; null for none.</param>
    public static byte[] Of(IEnumerable<ResourceKind> kinds, Action<Utf8JsonWriter>? others = null) =>
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

                others?.Invoke(writer);
                writer.WriteEndArray();
            }
        );

    /// <summary>The group of actions and streams: its resources are there for their subresources only.</summary>
    public static void WriteSubresources(Utf8JsonWriter writer) =>
        WriteGroup(
            writer,
            Subresources.Group,
            Subresources.Versions,
            _ =>
            {
                foreach (var resource in Subresources.All.GroupBy(subresource => subresource.Resource))
                {
                    WriteParent(writer, resource);
                }
            }
        );

    private static void WriteGroup(Utf8JsonWriter writer, IGrouping<string, ResourceKind> group)
    {
        var versions = group.ToLookup(kind => kind.Version);
        WriteGroup(
            writer,
            group.Key,
            versions.Select(version => version.Key),
            version =>
            {
                foreach (var kind in versions[version])
                {
                    WriteResource(writer, kind);
                }
            }
        );
    }

    private static void WriteGroup(
        Utf8JsonWriter writer,
        string group,
        IEnumerable<string> versions,
        Action<string> writeResources
    )
    {
        writer.WriteStartObject();
        writer.WriteStartObject("metadata");
        if (group.Length > 0)
        {
            writer.WriteString("name", group);
        }

        writer.WriteNull("creationTimestamp");
        writer.WriteEndObject();
        writer.WriteStartArray("versions");
        foreach (var version in versions)
        {
            writer.WriteStartObject();
            writer.WriteString("version", version);
            writer.WriteStartArray("resources");
            writeResources(version);
            writer.WriteEndArray();
            writer.WriteString("freshness", "Current");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>A resource of another group: without a kind here, clients take it for no resource of its own.</summary>
    private static void WriteParent(Utf8JsonWriter writer, IGrouping<string, Subresource> resource)
    {
        var kind = ResourceKinds.All.Single(kind => kind.Plural == resource.Key);
        writer.WriteStartObject();
        writer.WriteString("resource", resource.Key);
        writer.WriteNull("responseKind");
        writer.WriteString("scope", "Namespaced");
        writer.WriteString("singularResource", "");
        writer.Texts("verbs", []);
        writer.WriteStartArray("subresources");
        foreach (var subresource in resource)
        {
            writer.WriteStartObject();
            writer.WriteString("subresource", subresource.Name);
            WriteResponseKind(writer, kind);
            writer.Texts("verbs", Verbs.Of(subresource));
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
            foreach (var (name, verbs, form) in subresources)
            {
                writer.WriteStartObject();
                writer.WriteString("subresource", name);
                WriteResponseKind(writer, form);
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
