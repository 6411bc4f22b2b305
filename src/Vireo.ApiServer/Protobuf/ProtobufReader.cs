using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vireo.ApiServer.Protobuf;

/// <summary>Turns a protobuf message into JSON by the table of its fields.</summary>
/// <remarks>Go writes empty texts where JSON has nothing: those are left out. Unknown fields are skipped.</remarks>
internal static class ProtobufReader
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private static readonly ProtobufMessage Quantity = ProtobufMessages.Of((1, new("string", FieldForm.Text)));

    /// <exception cref="FormatException">The bytes are no such message.</exception>
    public static JsonObject Read(ReadOnlySpan<byte> bytes, ProtobufMessage message)
    {
        var json = new JsonObject();
        while (!bytes.IsEmpty)
        {
            var tag = Varint(ref bytes);
            if (!message.Fields.TryGetValue((int)(tag >> 3), out var field))
            {
                Skip(ref bytes, (int)(tag & 7));
                continue;
            }

            switch ((tag & 7, field.Form))
            {
                case (0, FieldForm.Number):
                    json[field.Name] = (long)Varint(ref bytes);
                    break;
                case (0, FieldForm.Flag):
                    json[field.Name] = Varint(ref bytes) != 0;
                    break;
                case (2, not (FieldForm.Number or FieldForm.Flag)):
                    Put(json, field, Span(ref bytes));
                    break;
                default:
                    throw new FormatException($"field {tag >> 3} has an unexpected form");
            }
        }

        return json;
    }

    private static void Put(JsonObject json, ProtobufField field, ReadOnlySpan<byte> value)
    {
        switch (field.Form)
        {
            case FieldForm.TextMap or FieldForm.BytesMap or FieldForm.QuantityMap:
                var (key, entry) = Entry(value);
                Map(json, field.Name)[key] = field.Form switch
                {
                    FieldForm.TextMap => Text(entry),
                    FieldForm.BytesMap => Convert.ToBase64String(entry),
                    _ => Read(entry, Quantity)["string"]?.GetValue<string>() ?? "0",
                };
                break;
            case FieldForm.Message when field.Message!.Fields.TryGetValue(1, out var raw) && raw.Form == FieldForm.Raw:
                json[field.Name] = RawJson(value);
                break;
            case var _ when field.IsList:
                if (json[field.Name] is not JsonArray list)
                {
                    json[field.Name] = list = [];
                }

                list.Add(Single(field, value));
                break;
            default:
                if (Single(field, value) is { } single)
                {
                    json[field.Name] = single;
                }

                break;
        }
    }

    private static JsonNode? Single(ProtobufField field, ReadOnlySpan<byte> value) =>
        field.Form switch
        {
            FieldForm.Text => value.IsEmpty && !field.IsList ? null : Text(value),
            FieldForm.Bytes => Convert.ToBase64String(value),
            FieldForm.Time => Time(value, "yyyy-MM-dd'T'HH:mm:ss'Z'"),
            FieldForm.MicroTime => Time(value, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'"),
            FieldForm.Message when Read(value, field.Message!) is { Count: > 0 } message => message,
            _ => null,
        };

    private static JsonObject Map(JsonObject json, string name)
    {
        if (json[name] is not JsonObject map)
        {
            json[name] = map = [];
        }

        return map;
    }

    private static (string Key, byte[] Value) Entry(ReadOnlySpan<byte> bytes)
    {
        var (key, value) = ("", Array.Empty<byte>());
        while (!bytes.IsEmpty)
        {
            switch (Varint(ref bytes))
            {
                case (1 << 3) | 2:
                    key = Text(Span(ref bytes));
                    break;
                case (2 << 3) | 2:
                    value = Span(ref bytes).ToArray();
                    break;
                case var tag:
                    Skip(ref bytes, (int)(tag & 7));
                    break;
            }
        }

        return (key, value);
    }

    private static JsonNode? Time(ReadOnlySpan<byte> bytes, string format)
    {
        var (seconds, nanos) = (0L, 0L);
        while (!bytes.IsEmpty)
        {
            var tag = Varint(ref bytes);
            switch (tag)
            {
                case 1 << 3:
                    seconds = (long)Varint(ref bytes);
                    break;
                case 2 << 3:
                    nanos = (long)Varint(ref bytes);
                    break;
                default:
                    Skip(ref bytes, (int)(tag & 7));
                    break;
            }
        }

        // Go's zero time, the year 1, stands for none.
        const long Earliest = -62135596800;
        if (seconds == Earliest || (seconds == 0 && nanos == 0))
        {
            return null;
        }

        return seconds is < Earliest or > 253402300799 || nanos is < 0 or > 999_999_999
            ? throw new FormatException("a time is out of range")
            : DateTimeOffset
                .FromUnixTimeSeconds(seconds)
                .AddTicks(nanos / 100)
                .UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
    }

    private static JsonNode? RawJson(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var tag = Varint(ref bytes);
            if (tag == ((1 << 3) | 2))
            {
                try
                {
                    return JsonNode.Parse(
                        Span(ref bytes),
                        null,
                        new JsonDocumentOptions { MaxDepth = 100, AllowDuplicateProperties = false }
                    );
                }
                catch (JsonException wrong)
                {
                    throw new FormatException(wrong.Message, wrong);
                }
            }

            Skip(ref bytes, (int)(tag & 7));
        }

        return null;
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException wrong)
        {
            throw new FormatException("a text is not UTF-8", wrong);
        }
    }

    private static void Skip(ref ReadOnlySpan<byte> bytes, int wireType)
    {
        switch (wireType)
        {
            case 0:
                Varint(ref bytes);
                break;
            case 1:
                Take(ref bytes, 8);
                break;
            case 2:
                Span(ref bytes);
                break;
            case 5:
                Take(ref bytes, 4);
                break;
            default:
                throw new FormatException($"wire type {wireType} is not used by Kubernetes");
        }
    }

    private static ReadOnlySpan<byte> Span(ref ReadOnlySpan<byte> bytes)
    {
        var length = Varint(ref bytes);
        return length > (ulong)bytes.Length ? throw Cut() : Take(ref bytes, (int)length);
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int length)
    {
        if (length > bytes.Length)
        {
            throw Cut();
        }

        var taken = bytes[..length];
        bytes = bytes[length..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var part = Take(ref bytes, 1)[0];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new FormatException("a number is longer than 64 bits");
    }

    private static FormatException Cut() => new("the message is cut off");
}
