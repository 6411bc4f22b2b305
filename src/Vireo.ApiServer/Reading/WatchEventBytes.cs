using System.Buffers;
using System.Text;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Printing;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Reading;

/// <summary>
/// The one place where events of a watch become bytes, so that later one encoding can serve every watcher.
/// </summary>
internal static class WatchEventBytes
{
    public static void Write(IBufferWriter<byte> output, StoreEventType type, StoredObject stored, OutputForm form)
    {
        output.Write(
            type switch
            {
                StoreEventType.Added => "{\"type\":\"ADDED\",\"object\":"u8,
                StoreEventType.Modified => "{\"type\":\"MODIFIED\",\"object\":"u8,
                StoreEventType.Deleted => "{\"type\":\"DELETED\",\"object\":"u8,
                _ => throw new InvalidOperationException($"No word for {type}."),
            }
        );
        form.WriteOne(output, stored);
        output.Write("}\n"u8);
    }

    public static void WriteBookmark(
        IBufferWriter<byte> output,
        ResourceKind kind,
        long revision,
        bool endsInitial,
        OutputForm form
    )
    {
        output.Write("{\"type\":\"BOOKMARK\",\"object\":"u8);
        form.WriteBookmark(output, kind, revision, endsInitial);
        output.Write("}\n"u8);
    }

    public static void WriteError(IBufferWriter<byte> output, Status status)
    {
        output.Write("{\"type\":\"ERROR\",\"object\":"u8);
        output.Write(Answer.StatusBytes(status));
        output.Write("}\n"u8);
    }

    /// <summary>An earlier state of an object, dated to the change by which it left what the client watches.</summary>
    public static StoredObject Redated(StoredObject earlier, long revision)
    {
        var json = earlier.Json.Span;
        var version = StoredFields.Raw(json, "metadata", "resourceVersion");
        if (version.IsEmpty || !json.Overlaps(version, out var offset))
        {
            return earlier;
        }

        // Overlaps counts from the first span to the second.
        var at = Math.Abs(offset);
        byte[] changed =
        [
            .. json[..at],
            .. Encoding.ASCII.GetBytes($"\"{revision}\""),
            .. json[(at + version.Length)..],
        ];
        return earlier with { Revision = revision, Json = changed };
    }
}
