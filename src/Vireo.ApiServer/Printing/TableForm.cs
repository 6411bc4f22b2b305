using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vireo.Api;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Printing;

/// <summary>What a row of a table carries beside its cells.</summary>
internal enum RowObject
{
    None,
    Metadata,
    Object,
}

/// <summary>Objects as the rows of the table that <c>kubectl get</c> prints.</summary>
internal sealed class TableForm(RowObject include, TimeProvider time) : OutputForm
{
    private static readonly ConcurrentDictionary<string, JsonPath> Paths = new();

    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public override string ContentType => "application/json;as=Table;v=v1;g=meta.k8s.io";

    public override void WriteOne(IBufferWriter<byte> output, StoredObject stored) =>
        WriteList(output, stored.Kind, new ListHead(stored.Revision, null, null), [stored]);

    public override void WriteListStart(IBufferWriter<byte> output, ResourceKind kind, ListHead head)
    {
        WriteListHead(output, "Table", "meta.k8s.io/v1", head);
        output.Write(",\"columnDefinitions\":"u8);
        using (var writer = new Utf8JsonWriter(output, Options))
        {
            WriteColumns(writer, kind);
        }

        output.Write(",\"rows\":["u8);
    }

    public override void WriteItem(IBufferWriter<byte> output, StoredObject stored)
    {
        output.Write("{\"cells\":"u8);
        using (var writer = new Utf8JsonWriter(output, Options))
        {
            WriteCells(writer, stored);
        }

        output.Write(",\"object\":"u8);
        WriteObject(output, stored);
        output.Write("}"u8);
    }

    public override void WriteBookmark(IBufferWriter<byte> output, ResourceKind kind, long revision, bool endsInitial)
    {
        WriteListHead(output, "Table", "meta.k8s.io/v1", new ListHead(revision, null, null));
        output.Write(",\"columnDefinitions\":[],\"rows\":[{\"cells\":[],\"object\":"u8);
        base.WriteBookmark(output, kind, revision, endsInitial);
        output.Write("}]}"u8);
    }

    private void WriteObject(IBufferWriter<byte> output, StoredObject stored)
    {
        switch (include)
        {
            case RowObject.Object:
                output.Write(stored.Json.Span);
                break;
            case RowObject.Metadata:
                MetadataForm.Write(output, stored);
                break;
            default:
                output.Write("null"u8);
                break;
        }
    }

    private static void WriteColumns(Utf8JsonWriter writer, ResourceKind kind)
    {
        writer.WriteStartArray();
        WriteColumn(writer, new PrinterColumn("Name", "string", ".metadata.name", 0, "The object's name."), "name");
        foreach (var column in kind.Columns)
        {
            WriteColumn(writer, column, "");
        }

        writer.WriteEndArray();
    }

    private static void WriteColumn(Utf8JsonWriter writer, PrinterColumn column, string format)
    {
        writer.WriteStartObject();
        writer.WriteString("name", column.Name);
        writer.WriteString("type", column.Type);
        writer.WriteString("format", format);
        writer.WriteString("description", column.Description);
        writer.WriteNumber("priority", column.Priority);
        writer.WriteEndObject();
    }

    private void WriteCells(Utf8JsonWriter writer, StoredObject stored)
    {
        using var document = JsonDocument.Parse(stored.Json, new JsonDocumentOptions { MaxDepth = 200 });
        writer.WriteStartArray();
        writer.WriteStringValue(stored.Name);
        foreach (var column in stored.Kind.Columns)
        {
            var path = Paths.GetOrAdd(column.JsonPath, JsonPath.Parse);
            WriteCell(writer, column, path.First(document.RootElement));
        }

        writer.WriteEndArray();
    }

    private void WriteCell(Utf8JsonWriter writer, PrinterColumn column, JsonElement? found)
    {
        var value = found is { ValueKind: JsonValueKind.Null } ? null : found;
        if (column.IsCount)
        {
            writer.WriteNumberValue(Count(value));
        }
        else if (column.Type == "date")
        {
            writer.WriteStringValue(Age(value));
        }
        else if (value is not { } present)
        {
            writer.WriteNullValue();
        }
        else if (column.Type == "string")
        {
            writer.WriteStringValue(
                present.ValueKind == JsonValueKind.String ? present.GetString() : present.GetRawText()
            );
        }
        else
        {
            present.WriteTo(writer);
        }
    }

    private static int Count(JsonElement? value) =>
        value switch
        {
            { ValueKind: JsonValueKind.Array } list => list.GetArrayLength(),
            { ValueKind: JsonValueKind.Object } map => map.GetPropertyCount(),
            _ => 0,
        };

    private string Age(JsonElement? value) =>
        value is not { ValueKind: JsonValueKind.String } text ? "<unknown>"
        : DateTimeOffset.TryParse(text.GetString(), CultureInfo.InvariantCulture, out var since)
            ? Ages.Text(time.GetUtcNow() - since)
        : "<invalid>";
}
