using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.Storage;
using Vireo.Rules;

namespace Vireo.ApiServer.Hosting;

/// <summary>Installs the common instance types and preferences, and brings them up to date with the product.</summary>
/// <remarks>
/// What was installed is written down in a ConfigMap, by fingerprint: an object that is no longer as it was installed
/// has been changed by somebody and is left alone, one that is gone was taken away and stays away. Without that record
/// everything that is there counts as somebody's own.
/// </remarks>
internal sealed class Catalogue(ResourceStore store, LocalRequests requests)
{
    /// <summary>The record of what was installed.</summary>
    public const string RecordName = "vireo-common-instancetypes";

    /// <summary>Where the record is.</summary>
    public const string RecordNamespace = "kubevirt";

    private const string WholeKey = "catalogue";

    private static readonly string[] Parts = ["labels", "annotations"];

    /// <summary>Brings the objects up to date; does nothing when this very catalogue was installed before.</summary>
    public Task RunAsync(CancellationToken ct) => RunAsync(CommonInstanceTypes.All, ct);

    /// <summary>Brings these objects up to date.</summary>
    public async Task RunAsync(IReadOnlyList<IResource> objects, CancellationToken ct)
    {
        var brought = objects.Select(Brought.Of).ToList();
        var whole = Fingerprint(string.Join('\n', brought.Select(one => $"{one.Key} {one.Fingerprint}")));
        var record = ReadRecord();
        if (record.GetValueOrDefault(WholeKey) == whole)
        {
            return;
        }

        var installed = await Task.WhenAll(brought.Select(one => InstallAsync(one, record, ct)));
        var next = new Dictionary<string, string>(record, StringComparer.Ordinal) { [WholeKey] = whole };
        foreach (var one in installed.OfType<Brought>())
        {
            next[one.Key] = one.Fingerprint;
        }

        await WriteRecordAsync(next, ct);
    }

    /// <returns>The object when it is as the product brings it now; null when it is left alone.</returns>
    private async Task<Brought?> InstallAsync(
        Brought one,
        IReadOnlyDictionary<string, string> record,
        CancellationToken ct
    )
    {
        var stored = store.Find(one.Kind, null, one.Name);
        var present = stored is null ? null : JsonNode.Parse(stored.Json.Span)!.AsObject();
        var path = $"{one.Kind.GroupPath}/{one.Kind.Plural}";
        switch (
            CataloguePlan.Decide(
                one.Fingerprint,
                record.GetValueOrDefault(one.Key),
                present is null ? null : FingerprintOf(present)
            )
        )
        {
            case CatalogueStep.Create:
                await requests.SendAsync(HttpMethod.Post, path, one.Json, ct);
                return one;
            case CatalogueStep.Replace:
                foreach (var part in Parts)
                {
                    present!["metadata"]![part] = one.Json["metadata"]![part]?.DeepClone();
                }

                present!["spec"] = one.Json["spec"]?.DeepClone();
                await requests.SendAsync(HttpMethod.Put, $"{path}/{one.Name}", present, ct);
                return one;
            case CatalogueStep.Keep:
                return one;
            default:
                return null;
        }
    }

    private Dictionary<string, string> ReadRecord() =>
        store.Find(ResourceKinds.ConfigMaps, RecordNamespace, RecordName) is { } stored
        && JsonSerializer.Deserialize(stored.Json.Span, ApiJson.Default.ConfigMap)?.Data is { } data
            ? new(data, StringComparer.Ordinal)
            : [];

    private Task WriteRecordAsync(Dictionary<string, string> data, CancellationToken ct)
    {
        var record = new ConfigMap
        {
            Metadata = new() { Name = RecordName, Namespace = RecordNamespace },
            Data = data,
        };
        var json = JsonSerializer.SerializeToNode(record, ApiJson.Default.ConfigMap)!.AsObject();
        var path = $"/api/v1/namespaces/{RecordNamespace}/configmaps";
        return store.Find(ResourceKinds.ConfigMaps, RecordNamespace, RecordName) is null
            ? requests.SendAsync(HttpMethod.Post, path, json, ct)
            : requests.SendAsync(HttpMethod.Put, $"{path}/{RecordName}", json, ct);
    }

    private static string Fingerprint(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];

    /// <summary>The fingerprint of what an object says, however it is written down.</summary>
    internal static string FingerprintOf(JsonObject json) =>
        Fingerprint(
            Ordered(
                    new JsonObject
                    {
                        ["labels"] = json["metadata"]?["labels"]?.DeepClone(),
                        ["annotations"] = json["metadata"]?["annotations"]?.DeepClone(),
                        ["spec"] = json["spec"]?.DeepClone(),
                    }
                )!
                .ToJsonString()
        );

    private static JsonNode? Ordered(JsonNode? node) =>
        node switch
        {
            JsonObject branch => new JsonObject(
                branch
                    .Where(member => member.Value is not null)
                    .OrderBy(member => member.Key, StringComparer.Ordinal)
                    .Select(member => KeyValuePair.Create(member.Key, Ordered(member.Value)))
            ),
            JsonArray list => new JsonArray([.. list.Select(Ordered)]),
            _ => node?.DeepClone(),
        };

    /// <summary>An object that the product brings.</summary>
    private sealed record Brought(ResourceKind Kind, string Name, JsonObject Json, string Fingerprint)
    {
        /// <summary>What it is called in the record.</summary>
        public string Key => $"{Kind.Plural}.{Name}";

        public static Brought Of(IResource resource)
        {
            var kind = ResourceKinds.All.First(kind => kind.TypeInfo.Type == resource.GetType());
            var json = JsonSerializer.SerializeToNode(resource, kind.TypeInfo)!.AsObject();
            return new(kind, resource.Metadata.Name!, json, FingerprintOf(json));
        }
    }
}
