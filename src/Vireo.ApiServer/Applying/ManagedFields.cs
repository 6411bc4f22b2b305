using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vireo.ApiServer.Applying;

/// <summary>Who owns what of one object. Immutable.</summary>
internal sealed class ManagedFields(IReadOnlyList<Owned> owners)
{
    /// <summary>More managers that update than these are put together, the oldest first, as Kubernetes does.</summary>
    public const int MostUpdaters = 10;

    private static readonly JsonWriterOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private const string Ancient = "ancient-changes";

    public static ManagedFields None { get; } = new([]);

    public IReadOnlyList<Owned> Owners { get; } = owners;

    public bool IsEmpty => Owners.Count == 0;

    /// <summary>What anybody owns.</summary>
    public FieldSet All => Owners.Aggregate(FieldSet.Empty, (all, owned) => all.Union(owned.Fields));

    public Owned? Of(FieldOwner manager) => Owners.FirstOrDefault(owned => owned.Manager.Is(manager));

    /// <summary>The same with one manager's part put in place of what it had; nothing of nothing.</summary>
    public ManagedFields With(Owned owned) =>
        new([
            .. Owners.Where(other => !other.Manager.Is(owned.Manager)),
            .. owned.Fields.IsEmpty ? [] : (Owned[])[owned],
        ]);

    /// <summary>The same with places taken from all managers but one.</summary>
    public ManagedFields Without(FieldSet places, FieldOwner? but = null) =>
        new([
            .. Owners
                .Select(owned =>
                    but is not null && owned.Manager.Is(but)
                        ? owned
                        : owned with
                        {
                            Fields = owned.Fields.Difference(places),
                        }
                )
                .Where(owned => !owned.Fields.IsEmpty),
        ]);

    /// <summary>Puts the oldest of too many managers that update together.</summary>
    public ManagedFields Capped()
    {
        var updaters = Owners.Where(owned => !owned.Manager.IsApply).ToArray();
        if (updaters.Length <= MostUpdaters)
        {
            return this;
        }

        var oldest = updaters
            .OrderBy(owned => owned.Manager.Name == Ancient ? 0 : 1)
            .ThenBy(owned => owned.Time, StringComparer.Ordinal)
            .ThenBy(owned => owned.Manager.Name, StringComparer.Ordinal)
            .Take(updaters.Length - MostUpdaters + 1)
            .ToArray();
        var bucket = new Owned(
            new FieldOwner(Ancient, IsApply: false, oldest[^1].Manager.ApiVersion, ""),
            oldest.Aggregate(FieldSet.Empty, (all, owned) => all.Union(owned.Fields)),
            oldest[^1].Time
        );
        return new([.. Owners.Except(oldest), bucket]);
    }

    /// <summary>Reads what an object says of its managers; null when it is not to be understood.</summary>
    public static ManagedFields? Read(JsonNode? list)
    {
        if (list is null)
        {
            return None;
        }

        if (list is not JsonArray entries)
        {
            return null;
        }

        var result = None;
        foreach (var entry in entries)
        {
            if (
                entry is not JsonObject fields
                || Text(fields, "operation") is not (FieldOwner.Apply or FieldOwner.Update)
            )
            {
                return null;
            }

            var manager = new FieldOwner(
                Text(fields, "manager") ?? "",
                Text(fields, "operation") == FieldOwner.Apply,
                Text(fields, "apiVersion") ?? "",
                Text(fields, "subresource") ?? ""
            );
            if (FieldSet.Read(fields["fieldsV1"] ?? new JsonObject()) is not { } set)
            {
                return null;
            }

            result = result.With(new Owned(manager, set, Text(fields, "time")));
        }

        return result;
    }

    /// <summary>The list as objects bear it, in JSON; empty when nobody owns anything.</summary>
    public ReadOnlyMemory<byte> Written()
    {
        if (IsEmpty)
        {
            return default;
        }

        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, Plain);
        writer.WriteStartArray();
        foreach (var owned in Ordered())
        {
            Write(writer, owned);
        }

        writer.WriteEndArray();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private IEnumerable<Owned> Ordered() =>
        Owners.Count < 2
            ? Owners
            : Owners
                .OrderBy(owned => owned.Manager.IsApply ? 0 : 1)
                .ThenBy(owned => owned.Time, StringComparer.Ordinal)
                .ThenBy(owned => owned.Manager.Name, StringComparer.Ordinal)
                .ThenBy(owned => owned.Manager.Subresource, StringComparer.Ordinal);

    private static void Write(Utf8JsonWriter writer, Owned owned)
    {
        writer.WriteStartObject();
        writer.WriteString("manager", owned.Manager.Name);
        writer.WriteString("operation", owned.Manager.Operation);
        writer.WriteString("apiVersion", owned.Manager.ApiVersion);
        if (owned.Time is not null)
        {
            writer.WriteString("time", owned.Time);
        }

        writer.WriteString("fieldsType", "FieldsV1");
        writer.WritePropertyName("fieldsV1");
        owned.Fields.WriteTo(writer);
        if (owned.Manager.Subresource.Length > 0)
        {
            writer.WriteString("subresource", owned.Manager.Subresource);
        }

        writer.WriteEndObject();
    }

    private static string? Text(JsonObject entry, string name) =>
        entry[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
