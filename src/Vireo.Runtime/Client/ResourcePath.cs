using System.Globalization;
using System.Text;
using Vireo.Api;

namespace Vireo.Runtime;

/// <summary>Where the objects of a kind are, relative to the server's address, ready for a request line.</summary>
internal static class ResourcePath
{
    /// <summary>The collection that new objects of a namespace go to.</summary>
    public static string OfCollection(ResourceKind kind, string? @namespace)
    {
        var inNamespace =
            kind.IsNamespaced && !string.IsNullOrEmpty(@namespace)
                ? $"namespaces/{Uri.EscapeDataString(@namespace)}/"
                : "";
        return $"{kind.GroupPath.TrimStart('/')}/{inNamespace}{kind.Plural}";
    }

    /// <summary>One object, or a subresource of it.</summary>
    public static string OfObject(ResourceKind kind, ResourceKey key, string? subresource = null)
    {
        if (kind.IsNamespaced && string.IsNullOrEmpty(key.Namespace))
        {
            throw new ArgumentException($"{kind.Kind} {key} is in a namespace: the key must name it.", nameof(key));
        }

        var path = $"{OfCollection(kind, key.Namespace)}/{Uri.EscapeDataString(key.Name)}";
        return subresource is null ? path : $"{path}/{subresource}";
    }

    /// <summary>The objects that a query chooses.</summary>
    public static string OfQuery(ResourceKind kind, ListQuery query, bool watch)
    {
        var path = new StringBuilder(OfCollection(kind, query.Namespace));
        var separator = '?';
        Add("labelSelector", query.LabelSelector);
        Add("fieldSelector", query.FieldSelector);
        Add("resourceVersion", query.ResourceVersion);
        if (watch)
        {
            Add("watch", "true");
            Add("allowWatchBookmarks", "true");
            Add("timeoutSeconds", Number(query.WatchTimeout is { } timeout ? (long)timeout.TotalSeconds : null));
        }
        else
        {
            Add("limit", Number(query.Limit));
            Add("continue", query.Continue);
        }

        return path.ToString();

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                path.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
                separator = '&';
            }
        }

        static string? Number(long? value) => value?.ToString(CultureInfo.InvariantCulture);
    }
}
