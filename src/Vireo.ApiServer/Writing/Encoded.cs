using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vireo.Api;
using Vireo.ApiServer.Reading;

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

        var metadata = StoredFields.Raw(buffer.WrittenSpan, "metadata");
        buffer.WrittenSpan.Overlaps(metadata, out var begin);
        return new(buffer.WrittenMemory, begin + 1, begin + metadata.Length - 1);
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
