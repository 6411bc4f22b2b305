using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vireo.ApiServer.Writing;

/// <summary>An object as bytes.</summary>
/// <param name="Json">The object without its resourceVersion.</param>
/// <param name="VersionOffset">Where its resourceVersion goes.</param>
/// <param name="MetadataEnd">Where its metadata end.</param>
internal readonly record struct Encoded(ReadOnlyMemory<byte> Json, int VersionOffset, int MetadataEnd)
{
    private static readonly JsonWriterOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>The object with a resourceVersion put in.</summary>
    public byte[] WithRevision(long revision) =>
        [
            .. Json.Span[..VersionOffset],
            .. Encoding.ASCII.GetBytes($"\"resourceVersion\":\"{revision}\","),
            .. Json.Span[VersionOffset..],
        ];

    /// <summary>The object with what is known of the managers of its fields put in.</summary>
    public Encoded With(JsonNode? managed)
    {
        if (managed is null)
        {
            return this;
        }

        var buffer = new ArrayBufferWriter<byte>(Json.Length * 2);
        buffer.Write(Json.Span[..MetadataEnd]);
        buffer.Write(",\"managedFields\":"u8);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            managed.WriteTo(writer);
        }

        buffer.Write(Json.Span[MetadataEnd..]);
        return this with { Json = buffer.WrittenMemory };
    }
}
