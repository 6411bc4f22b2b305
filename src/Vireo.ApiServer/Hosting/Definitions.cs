using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Hosting;

/// <summary>
/// Shows the kinds that a Kubernetes cluster would have as CustomResourceDefinitions as such: tools look there whether
/// KubeVirt is installed, wait for them to be established, and learn names from them.
/// </summary>
internal sealed class Definitions(ResourceStore store, LocalRequests requests)
{
    // The shape is in the OpenAPI documents; repeated here it would be a megabyte that nobody reads.
    private static readonly JsonElement AnyObject = Parsed(
        """{"type":"object","x-kubernetes-preserve-unknown-fields":true}"""
    );

    private static readonly JsonElement Nothing = Parsed("{}");

    /// <summary>Brings the definitions up to date with the table of kinds.</summary>
    public Task RunAsync(CancellationToken ct) =>
        Task.WhenAll(ResourceKinds.All.Where(IsDefined).Select(kind => WriteAsync(Of(kind), ct)));

    /// <summary>True for kinds that are none of Kubernetes' own.</summary>
    internal static bool IsDefined(ResourceKind kind) =>
        kind.Group.Contains('.', StringComparison.Ordinal) && !kind.Group.EndsWith(".k8s.io", StringComparison.Ordinal);

    /// <summary>The definition of a kind.</summary>
    internal static CustomResourceDefinition Of(ResourceKind kind)
    {
        var names = new CustomResourceDefinitionNames
        {
            Plural = kind.Plural,
            Singular = kind.Singular,
            Kind = kind.Kind,
            ListKind = kind.Kind + "List",
            ShortNames = kind.ShortNames is [] ? null : kind.ShortNames,
            Categories = kind.Categories is [] ? null : kind.Categories,
        };
        return new()
        {
            Metadata = new() { Name = kind.GroupResource },
            Spec = new()
            {
                Group = kind.Group,
                Names = names,
                Scope = kind.IsNamespaced ? "Namespaced" : "Cluster",
                Versions = [Version(kind)],
            },
            Status = new()
            {
                AcceptedNames = names,
                StoredVersions = [kind.Version],
                Conditions =
                [
                    Holds("NamesAccepted", "NoConflicts", "no conflicts found"),
                    Holds("Established", "InitialNamesAccepted", "the initial names have been accepted"),
                ],
            },
        };
    }

    private static CustomResourceDefinitionVersion Version(ResourceKind kind) =>
        new()
        {
            Name = kind.Version,
            Served = true,
            Storage = true,
            Schema = new() { OpenAPIV3Schema = AnyObject },
            Subresources = kind.HasStatusSubresource ? new() { Status = Nothing } : null,
            AdditionalPrinterColumns = kind.Columns is []
                ? null
                :
                [
                    .. kind.Columns.Select(column => new CustomResourceColumnDefinition
                    {
                        Name = column.Name,
                        Type = column.Type,
                        JsonPath = column.JsonPath,
                        Description = column.Description,
                        Priority = column.Priority == 0 ? null : column.Priority,
                    }),
                ],
            SelectableFields = kind.SelectableFields is []
                ? null
                : [.. kind.SelectableFields.Select(field => new SelectableField { JsonPath = "." + field })],
        };

    private static Condition Holds(string type, string reason, string message) =>
        new()
        {
            Type = type,
            Status = "True",
            Reason = reason,
            Message = message,
        };

    private async Task WriteAsync(CustomResourceDefinition definition, CancellationToken ct)
    {
        var kind = ResourceKinds.CustomResourceDefinitions;
        var collection = $"{kind.GroupPath}/{kind.Plural}";
        var wanted = JsonSerializer.SerializeToNode(definition, ApiJson.Default.CustomResourceDefinition)!.AsObject();
        var stored = store.Find(kind, null, definition.Metadata.Name!);
        if (stored is null)
        {
            await requests.SendAsync(HttpMethod.Post, collection, wanted, ct);
            return;
        }

        var present = JsonNode.Parse(stored.Json.Span)!.AsObject();
        if (!JsonNode.DeepEquals(present["spec"], wanted["spec"]))
        {
            wanted["metadata"] = present["metadata"]!.DeepClone();
            await requests.SendAsync(HttpMethod.Put, $"{collection}/{definition.Metadata.Name}", wanted, ct);
        }
    }

    private static JsonElement Parsed(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
