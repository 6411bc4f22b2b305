using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vireo.Api;

namespace Vireo.ApiServer.Writing;

/// <summary>An object as bytes.</summary>
/// <param name="Json">The object without its resourceVersion.</param>
/// <param name="VersionOffset">Where its resourceVersion goes.</param>
/// <param name="MetadataEnd">Where its metadata end.</param>
internal readonly record struct Encoded(ReadOnlyMemory<byte> Json, int VersionOffset, int MetadataEnd)
{
    /// <summary>How objects are written for the store.</summary>
    public static JsonWriterOptions Form { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>An object of a known type, which has no resourceVersion and no managed fields.</summary>
    public static Encoded Of(IResource resource, ResourceKind kind)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(buffer, Form))
        {
            JsonSerializer.Serialize(writer, resource, kind.TypeInfo);
        }

        var reader = AtMetadata(buffer.WrittenSpan);
        var begin = (int)reader.TokenStartIndex + 1;
        reader.Skip();
        return new(buffer.WrittenMemory, begin, (int)reader.TokenStartIndex);
    }

    /// <summary>The metadata of a stored object.</summary>
    public static ObjectMeta MetadataOf(ReadOnlySpan<byte> stored)
    {
        var reader = AtMetadata(stored);
        return JsonSerializer.Deserialize(ref reader, ApiJson.Default.ObjectMeta) ?? new();
    }

    /// <summary>Objects bear their metadata after their kind: before it, no value is of that name.</summary>
    private static Utf8JsonReader AtMetadata(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        do
        {
            reader.Read();
        } while (reader.TokenType is not JsonTokenType.PropertyName || !reader.ValueTextEquals("metadata"u8));

        reader.Read();
        return reader;
    }

    /// <summary>The object with a resourceVersion put in.</summary>
    public byte[] WithRevision(long revision) =>
        [
            .. Json.Span[..VersionOffset],
            .. Encoding.ASCII.GetBytes($"\"resourceVersion\":\"{revision}\","),
            .. Json.Span[VersionOffset..],
        ];

    /// <summary>The object with what is known of the managers of its fields put in.</summary>
    /// <param name="managed">The list in JSON; empty when there is none.</param>
    public Encoded With(ReadOnlyMemory<byte> managed) =>
        managed.IsEmpty
            ? this
            : this with
            {
                Json = (byte[])
                    [
                        .. Json.Span[..MetadataEnd],
                        .. ",\"managedFields\":"u8,
                        .. managed.Span,
                        .. Json.Span[MetadataEnd..],
                    ],
            };
}
