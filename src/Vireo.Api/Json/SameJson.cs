using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Vireo.Api;

/// <summary>
/// Tells whether two values are written the same: record equality does not see inside lists and maps.
/// </summary>
public static class SameJson
{
    /// <summary>True when both are absent, or both give the same JSON.</summary>
    public static bool Are<T>(T? left, T? right, JsonTypeInfo<T> type)
        where T : class =>
        left is null || right is null
            ? left is null && right is null
            : ReferenceEquals(left, right)
                || JsonSerializer
                    .SerializeToUtf8Bytes(left, type)
                    .AsSpan()
                    .SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(right, type));
}
