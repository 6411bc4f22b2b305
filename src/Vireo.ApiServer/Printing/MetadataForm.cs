using System.Buffers;
using Vireo.Api;
using Vireo.ApiServer.Reading;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Printing;

/// <summary>The metadata of objects alone, for clients that need no more (garbage collectors, caches).</summary>
internal sealed class MetadataForm(bool isList) : OutputForm
{
    public override string ContentType =>
        $"application/json;as={(isList ? "PartialObjectMetadataList" : "PartialObjectMetadata")};v=v1;g=meta.k8s.io";

    public override void WriteOne(IBufferWriter<byte> output, StoredObject stored) => Write(output, stored);

    public override void WriteListStart(IBufferWriter<byte> output, ResourceKind kind, ListHead head)
    {
        WriteListHead(output, "PartialObjectMetadataList", "meta.k8s.io/v1", head);
        output.Write(",\"items\":["u8);
    }

    public override void WriteBookmark(
        IBufferWriter<byte> output,
        ResourceKind kind,
        long revision,
        bool endsInitial
    ) =>
        WriteText(
            output,
            $"{{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",{Mark(revision, endsInitial)}}}"
        );

    /// <summary>Writes the metadata of one object.</summary>
    public static void Write(IBufferWriter<byte> output, StoredObject stored)
    {
        output.Write("{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":"u8);
        output.Write(StoredFields.Raw(stored.Json.Span, "metadata"));
        output.Write("}"u8);
    }
}
