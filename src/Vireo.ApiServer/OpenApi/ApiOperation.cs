using Vireo.Api;

namespace Vireo.ApiServer.OpenApi;

/// <summary>One thing that can be done with objects of a kind, at one path.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Path">The path, with {namespace} and {name}.</param>
/// <param name="Method">The HTTP method in lower case.</param>
/// <param name="Action">Kubernetes' word for it: list, get, post, put, patch, delete, deletecollection.</param>
/// <param name="Id">A unique name, which generated clients use for the method.</param>
internal sealed record ApiOperation(ResourceKind Kind, string Path, string Method, string Action, string Id)
{
    /// <summary>The name of the schema of the body; null when there is none.</summary>
    public string? Body =>
        Action switch
        {
            "post" or "put" => DefinitionNames.Of(Kind.TypeInfo.Type),
            "delete" or "deletecollection" => DefinitionNames.Of(typeof(DeleteOptions)),
            _ => null,
        };

    /// <summary>The name of the schema of the answer.</summary>
    public string Answer =>
        Action switch
        {
            "list" => DefinitionNames.ListOf(Kind),
            "delete" or "deletecollection" => DefinitionNames.Of(typeof(Status)),
            _ => DefinitionNames.Of(Kind.TypeInfo.Type),
        };

    /// <summary>Names in the path that the caller fills in.</summary>
    public IEnumerable<string> PathParameters =>
        ((string[])["name", "namespace"]).Where(name => Path.Contains($"{{{name}}}", StringComparison.Ordinal));

    /// <summary>The parameters of the query.</summary>
    public IEnumerable<QueryParameter> QueryParameters =>
        QueryParameter.All.Where(query => query.Actions.Contains(Action));

    /// <summary>
    /// Media types a patch may have. Strategic merge patches are for Kubernetes' own kinds only: as the schemas name
    /// no merge keys, they mean the same as merge patches.
    /// </summary>
    public IReadOnlyList<string> PatchTypes { get; } =
        Kind.Group.Contains('.', StringComparison.Ordinal) && !Kind.Group.EndsWith(".k8s.io", StringComparison.Ordinal)
            ? ["application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml"]
            :
            [
                "application/json-patch+json",
                "application/merge-patch+json",
                "application/strategic-merge-patch+json",
                "application/apply-patch+yaml",
            ];

    /// <summary>All that can be done with objects of a kind.</summary>
    public static IEnumerable<ApiOperation> Of(ResourceKind kind)
    {
        var (scope, all) = kind.IsNamespaced ? ("/namespaces/{namespace}", "Namespaced") : ("", "");
        var collection = $"{kind.GroupPath}{scope}/{kind.Plural}";
        var prefix = GroupName(kind);
        if (ReviewKinds.All.Contains(kind))
        {
            yield return new(kind, collection, "post", "post", $"create{prefix}{all}{kind.Kind}");
            yield break;
        }

        if (kind.IsNamespaced)
        {
            yield return new(
                kind,
                $"{kind.GroupPath}/{kind.Plural}",
                "get",
                "list",
                $"list{prefix}{kind.Kind}ForAllNamespaces"
            );
        }

        yield return new(kind, collection, "get", "list", $"list{prefix}{all}{kind.Kind}");
        if (kind.IsReadOnly)
        {
            yield return new(kind, $"{collection}/{{name}}", "get", "get", $"read{prefix}{all}{kind.Kind}");
            yield break;
        }

        yield return new(kind, collection, "post", "post", $"create{prefix}{all}{kind.Kind}");
        yield return new(kind, collection, "delete", "deletecollection", $"delete{prefix}Collection{all}{kind.Kind}");
        var item = $"{collection}/{{name}}";
        yield return new(kind, item, "delete", "delete", $"delete{prefix}{all}{kind.Kind}");
        foreach (
            var (path, part) in kind.HasStatusSubresource
                ? [(item, ""), ($"{item}/status", "Status")]
                : new[] { (item, "") }
        )
        {
            yield return new(kind, path, "get", "get", $"read{prefix}{all}{kind.Kind}{part}");
            yield return new(kind, path, "put", "put", $"replace{prefix}{all}{kind.Kind}{part}");
            yield return new(kind, path, "patch", "patch", $"patch{prefix}{all}{kind.Kind}{part}");
        }
    }

    // kubevirt.io/v1 is KubevirtIoV1, as in the names that clients generated from Kubernetes have.
    private static string GroupName(ResourceKind kind)
    {
        var group = kind.Group.Length == 0 ? "core" : kind.Group.Replace(".k8s.io", "", StringComparison.Ordinal);
        return string.Concat(
            $"{group}.{kind.Version}".Split('.').Select(part => char.ToUpperInvariant(part[0]) + part[1..])
        );
    }
}

/// <summary>One parameter of the query.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">string, integer or boolean.</param>
/// <param name="Actions">The actions that take it.</param>
/// <param name="Description">What it does.</param>
internal sealed record QueryParameter(string Name, string Type, IReadOnlyList<string> Actions, string Description)
{
    private static readonly string[] Lists = ["list", "deletecollection"];
    private static readonly string[] Writes = ["post", "put", "patch"];
    private static readonly string[] Deletes = ["delete", "deletecollection"];

    /// <summary>Every parameter.</summary>
    public static IReadOnlyList<QueryParameter> All { get; } =
    [
        new("allowWatchBookmarks", "boolean", ["list"], "True to be told of the revision from time to time."),
        new("continue", "string", Lists, "The token of the page to read."),
        new("dryRun", "string", [.. Writes, .. Deletes], "All: check, but change nothing."),
        new("fieldManager", "string", Writes, "Who makes the change."),
        new("fieldSelector", "string", Lists, "Only objects whose fields have these values."),
        new(
            "fieldValidation",
            "string",
            Writes,
            "What happens to fields that nobody knows: Ignore drops them, Warn drops and tells them, Strict refuses."
        ),
        new("force", "boolean", ["patch"], "Only for apply: take over fields that others manage."),
        new("gracePeriodSeconds", "integer", Deletes, "Seconds to let the object end by itself."),
        new("labelSelector", "string", Lists, "Only objects whose labels match."),
        new("limit", "integer", Lists, "The most objects of a page."),
        new("orphanDependents", "boolean", Deletes, "Older form of propagationPolicy."),
        new("propagationPolicy", "string", Deletes, "Orphan, Background or Foreground."),
        new("resourceVersion", "string", ["list", "get"], "The revision to read or to watch from."),
        new("resourceVersionMatch", "string", Lists, "How the revision is compared: Exact or NotOlderThan."),
        new("sendInitialEvents", "boolean", ["list"], "True to begin a watch with the objects that are there."),
        new("timeoutSeconds", "integer", Lists, "Ends the call after this time."),
        new("watch", "boolean", ["list"], "True to be told of changes as they happen."),
    ];
}
