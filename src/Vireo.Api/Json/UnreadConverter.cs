using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Vireo.Api;

/// <summary>
/// Passes over a value when reading: what only the server keeps costs no reader memory, and is not sent back.
/// </summary>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed class UnreadConverter<T> : JsonConverter<T>
    where T : class
{
    /// <inheritdoc />
    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        // Of a stream, what is not the last block cannot be skipped otherwise; the value is whole when it comes here.
        return reader.TrySkip() ? null : throw new JsonException("a value that is passed over is not whole");
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        JsonSerializer.Serialize(writer, value, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
    }
}
