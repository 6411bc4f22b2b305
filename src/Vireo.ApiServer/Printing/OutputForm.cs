using System.Buffers;
using System.Globalization;
using System.Text;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Printing;

/// <summary>What a list says about itself.</summary>
internal sealed record ListHead(long Revision, string? Continue, long? Remaining);

/// <summary>The form in which a client wants objects: whole, as rows of a table, or their metadata alone.</summary>
internal abstract class OutputForm
{
    /// <summary>The media type of the answer.</summary>
    public virtual string ContentType => Answer.Json;

    /// <summary>Writes one object, alone or inside a watch event.</summary>
    public abstract void WriteOne(IBufferWriter<byte> output, StoredObject stored);

    /// <summary>Writes a list up to its first item.</summary>
    public abstract void WriteListStart(IBufferWriter<byte> output, ResourceKind kind, ListHead head);

    /// <summary>Writes an item of a list.</summary>
    public virtual void WriteItem(IBufferWriter<byte> output, StoredObject stored) => WriteOne(output, stored);

    /// <summary>Writes what ends a list of so many items.</summary>
    public virtual void WriteListEnd(IBufferWriter<byte> output, int count) => output.Write("]}"u8);

    /// <summary>Writes a list.</summary>
    public void WriteList(
        IBufferWriter<byte> output,
        ResourceKind kind,
        ListHead head,
        IReadOnlyList<StoredObject> items
    )
    {
        WriteListStart(output, kind, head);
        for (var i = 0; i < items.Count; i++)
        {
            WriteComma(output, i);
            WriteItem(output, items[i]);
        }

        WriteListEnd(output, items.Count);
    }

    /// <summary>Writes what is between an item of a list and what is before it.</summary>
    public virtual void WriteComma(IBufferWriter<byte> output, int index)
    {
        if (index > 0)
        {
            output.Write(","u8);
        }
    }

    /// <summary>Writes the empty object by which a watch tells how far it is.</summary>
    public virtual void WriteBookmark(IBufferWriter<byte> output, ResourceKind kind, long revision, bool endsInitial) =>
        WriteText(
            output,
            $"{{\"kind\":\"{kind.Kind}\",\"apiVersion\":\"{kind.ApiVersion}\",{Mark(revision, endsInitial)}}}"
        );

    /// <summary>The metadata of a bookmark; by the annotation clients know that they have all there was.</summary>
    protected static string Mark(long revision, bool endsInitial) =>
        endsInitial
            ? $"\"metadata\":{{\"resourceVersion\":\"{revision}\",\"annotations\":{{\"k8s.io/initial-events-end\":\"true\"}}}}"
            : $"\"metadata\":{{\"resourceVersion\":\"{revision}\"}}";

    protected static void WriteListHead(IBufferWriter<byte> output, string kind, string apiVersion, ListHead head)
    {
        var more = head.Continue is null ? "" : $",\"continue\":\"{head.Continue}\"";
        var remaining = head.Remaining is { } count
            ? string.Create(CultureInfo.InvariantCulture, $",\"remainingItemCount\":{count}")
            : "";
        WriteText(
            output,
            $"{{\"kind\":\"{kind}\",\"apiVersion\":\"{apiVersion}\","
                + $"\"metadata\":{{\"resourceVersion\":\"{head.Revision}\"{more}{remaining}}}"
        );
    }

    protected static void WriteText(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}

/// <summary>Objects as they are stored.</summary>
internal sealed class WholeForm : OutputForm
{
    public static WholeForm Instance { get; } = new();

    public override void WriteOne(IBufferWriter<byte> output, StoredObject stored) => output.Write(stored.Json.Span);

    public override void WriteListStart(IBufferWriter<byte> output, ResourceKind kind, ListHead head)
    {
        WriteListHead(output, kind.Kind + "List", kind.ApiVersion, head);
        output.Write(",\"items\":["u8);
    }
}
