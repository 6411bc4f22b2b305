using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.ApiServer.OpenApi;

/// <summary>A document as it is sent.</summary>
/// <param name="Body">The bytes.</param>
/// <param name="ContentType">Their media type.</param>
/// <param name="Hash">Names the contents; the <c>hash</c> parameter of addresses in the index.</param>
public sealed record OpenApiDocument(ReadOnlyMemory<byte> Body, string ContentType, string Hash)
{
    /// <summary>The hash as a header writes it.</summary>
    public string ETag => $"\"{Hash}\"";
}

/// <summary>
/// What <c>/openapi/v2</c> and <c>/openapi/v3</c> answer. Made when it is first asked for, then kept as bytes.
/// </summary>
public sealed class OpenApiDocuments
{
    /// <summary>The media types by which clients ask for <see cref="V2Protobuf"/>, old and new.</summary>
    public static IReadOnlyList<string> ProtobufMediaTypes { get; } =
    ["application/com.github.proto-openapi.spec.v2@v1.0+protobuf", ProtobufContentType];

    // Not the type that kubectl asks for: its own parser takes no @ in an answer.
    private const string ProtobufContentType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
    private const string JsonContentType = "application/json";

    private readonly FrozenDictionary<string, Lazy<OpenApiDocument>> _groups;
    private readonly Lazy<OpenApiDocument> _index;
    private readonly Lazy<OpenApiDocument> _v2Json;
    private readonly Lazy<OpenApiDocument> _v2Protobuf;

    /// <summary>Describes every kind of the table.</summary>
    public OpenApiDocuments()
        : this([.. ResourceKinds.All, .. ReviewKinds.All]) { }

    internal OpenApiDocuments(IReadOnlyCollection<ResourceKind> kinds)
    {
        var groups = kinds
            .GroupBy(kind => kind.GroupPath[1..], StringComparer.Ordinal)
            .Select(group =>
                KeyValuePair.Create(
                    group.Key,
                    new Lazy<OpenApiDocument>(() => AsJson(OpenApiV3.Document([.. group], DocComments.Load())))
                )
            );
        var actions = Subresources.Versions.Select(version =>
            KeyValuePair.Create(
                $"apis/{Subresources.Group}/{version}",
                new Lazy<OpenApiDocument>(() => AsJson(OpenApiActions.Document(version)))
            )
        );
        _groups = groups.Concat(actions).ToFrozenDictionary(StringComparer.Ordinal);
        _index = new(MakeIndex);
        _v2Json = new(() => AsJson(OpenApiV2.Document(kinds, DocComments.Load())));
        _v2Protobuf = new(() =>
            Made(GnosticDocument.From(OpenApiV2.Document(kinds, DocComments.Load())), ProtobufContentType)
        );
    }

    /// <summary>GET /openapi/v3: where the document of each group is.</summary>
    public OpenApiDocument Index => _index.Value;

    /// <summary>GET /openapi/v2 as JSON.</summary>
    public OpenApiDocument V2Json => _v2Json.Value;

    /// <summary>GET /openapi/v2 as protobuf, when the client accepts one of <see cref="ProtobufMediaTypes"/>.</summary>
    public OpenApiDocument V2Protobuf => _v2Protobuf.Value;

    /// <summary>GET /openapi/v3/<paramref name="path"/>; null when there is no such group.</summary>
    /// <param name="path">For example <c>api/v1</c> or <c>apis/kubevirt.io/v1</c>.</param>
    public OpenApiDocument? Group(string path) => _groups.GetValueOrDefault(path)?.Value;

    internal static JsonObject Info() =>
        new()
        {
            ["title"] = "Vireo",
            ["version"] = $"v{typeof(OpenApiDocuments).Assembly.GetName().Version?.ToString(3)}",
        };

    private OpenApiDocument MakeIndex()
    {
        var paths = new JsonObject();
        foreach (var (path, document) in _groups.OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            paths.Add(
                path,
                new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash={document.Value.Hash}" }
            );
        }

        return AsJson(new() { ["paths"] = paths });
    }

    private static OpenApiDocument AsJson(JsonObject document) =>
        Made(Encoding.UTF8.GetBytes(document.ToJsonString()), JsonContentType);

    private static OpenApiDocument Made(byte[] body, string contentType) =>
        new(body, contentType, Convert.ToHexString(SHA256.HashData(body)));
}
