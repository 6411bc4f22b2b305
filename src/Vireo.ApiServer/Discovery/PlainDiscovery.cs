using System.Text.Json;
using Vireo.Api;

namespace Vireo.ApiServer.Discovery;

/// <summary>Discovery group by group, as older clients read it.</summary>
internal static class PlainDiscovery
{
    /// <summary><c>/api</c>: the versions of the core group.</summary>
    public static byte[] CoreVersions() =>
        Documents.Of(
            "APIVersions",
            "v1",
            writer =>
            {
                writer.Texts("versions", ["v1"]);
                writer.WriteStartArray("serverAddressByClientCIDRs");
                writer.WriteEndArray();
            }
        );

    /// <summary><c>/apis</c>: every other group.</summary>
    public static byte[] Groups() =>
        Documents.Of(
            "APIGroupList",
            "v1",
            writer =>
            {
                writer.WriteStartArray("groups");
                foreach (var group in KindsByGroup())
                {
                    writer.WriteStartObject();
                    WriteGroup(writer, group);
                    writer.WriteEndObject();
                }

                writer.WriteStartObject();
                WriteSubresourceGroup(writer);
                writer.WriteEndObject();
                writer.WriteEndArray();
            }
        );

    /// <summary><c>/apis/{group}</c>.</summary>
    public static byte[] Group(IGrouping<string, ResourceKind> group) =>
        Documents.Of("APIGroup", "v1", writer => WriteGroup(writer, group));

    /// <summary><c>/apis/{group}/{version}</c>: what the group offers.</summary>
    public static byte[] Resources(string apiVersion, IEnumerable<ResourceKind> kinds) =>
        Documents.Of(
            "APIResourceList",
            "v1",
            writer =>
            {
                writer.WriteString("groupVersion", apiVersion);
                writer.WriteStartArray("resources");
                foreach (var kind in kinds)
                {
                    WriteResource(writer, kind);
                }

                writer.WriteEndArray();
            }
        );

    public static IEnumerable<IGrouping<string, ResourceKind>> KindsByGroup() =>
        ResourceKinds.All.Concat(ReviewKinds.All).Where(kind => kind.Group.Length > 0).GroupBy(kind => kind.Group);

    /// <summary><c>/apis/subresources.kubevirt.io</c>.</summary>
    public static byte[] SubresourceGroup() => Documents.Of("APIGroup", "v1", WriteSubresourceGroup);

    /// <summary><c>/apis/subresources.kubevirt.io/{version}</c>: actions and streams, which have no kinds.</summary>
    public static byte[] SubresourceList(string version) =>
        Documents.Of(
            "APIResourceList",
            "v1",
            writer =>
            {
                writer.WriteString("groupVersion", $"{Subresources.Group}/{version}");
                writer.WriteStartArray("resources");
                foreach (var subresource in Subresources.All)
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", $"{subresource.Resource}/{subresource.Name}");
                    writer.WriteString("singularName", "");
                    writer.WriteBoolean("namespaced", true);
                    writer.WriteString("kind", "");
                    writer.Texts("verbs", Verbs.Of(subresource));
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }
        );

    private static void WriteSubresourceGroup(Utf8JsonWriter writer) =>
        WriteGroup(writer, Subresources.Group, Subresources.Versions);

    private static void WriteGroup(Utf8JsonWriter writer, IGrouping<string, ResourceKind> group) =>
        WriteGroup(writer, group.Key, [.. group.Select(kind => kind.Version).Distinct()]);

    private static void WriteGroup(Utf8JsonWriter writer, string group, IReadOnlyList<string> versions)
    {
        writer.WriteString("name", group);
        writer.WriteStartArray("versions");
        foreach (var version in versions)
        {
            writer.WriteStartObject();
            WriteVersion(writer, group, version);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartObject("preferredVersion");
        WriteVersion(writer, group, versions[0]);
        writer.WriteEndObject();
    }

    private static void WriteVersion(Utf8JsonWriter writer, string group, string version)
    {
        writer.WriteString("groupVersion", $"{group}/{version}");
        writer.WriteString("version", version);
    }

    private static void WriteResource(Utf8JsonWriter writer, ResourceKind kind)
    {
        writer.WriteStartObject();
        writer.WriteString("name", kind.Plural);
        writer.WriteString("singularName", kind.Singular);
        writer.WriteBoolean("namespaced", kind.IsNamespaced);
        writer.WriteString("kind", kind.Kind);
        writer.Texts("verbs", Verbs.Of(kind));
        if (kind.ShortNames.Count > 0)
        {
            writer.Texts("shortNames", kind.ShortNames);
        }

        if (kind.Categories.Count > 0)
        {
            writer.Texts("categories", kind.Categories);
        }

        writer.WriteEndObject();
        foreach (var (name, verbs, form) in Verbs.Subresources(kind))
        {
            writer.WriteStartObject();
            writer.WriteString("name", $"{kind.Plural}/{name}");
            writer.WriteString("singularName", "");
            writer.WriteBoolean("namespaced", kind.IsNamespaced);
            if (form.Group != kind.Group)
            {
                writer.WriteString("group", form.Group);
                writer.WriteString("version", form.Version);
            }

            writer.WriteString("kind", form.Kind);
            writer.Texts("verbs", verbs);
            writer.WriteEndObject();
        }
    }
}
