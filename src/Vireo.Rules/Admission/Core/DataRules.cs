using System.Text;

namespace Vireo.Rules;

/// <summary>What holds for the values of Secrets and ConfigMaps.</summary>
internal static class DataRules
{
    private const long LimitBytes = 1024 * 1024;

    public const string ImmutableMessage =
        "the object is immutable: its contents cannot change. Delete it and create it again.";

    public static IEnumerable<FieldError> Keys(IEnumerable<string>? keys, string path) =>
        (keys ?? [])
            .Where(key => !NameRules.IsFileKey(key))
            .Select(key =>
                FieldError.Invalid(
                    $"{path}[{key}]",
                    $"{path}: '{key}' must be at most 253 letters, digits, '-', '_' or '.', and not '.' or '..'."
                )
            );

    public static IEnumerable<FieldError> Base64(IReadOnlyDictionary<string, string>? values, string path) =>
        (values ?? new Dictionary<string, string>())
            .Where(value => !System.Buffers.Text.Base64.IsValid(value.Value ?? ""))
            .Select(value =>
                FieldError.Invalid(
                    $"{path}[{value.Key}]",
                    $"{path}[{value.Key}] is not valid base64: encode the value."
                )
            );

    public static IEnumerable<FieldError> Size(params IEnumerable<string>?[] values)
    {
        var bytes = values.Sum(list => (list ?? []).Sum(value => (long)Encoding.UTF8.GetByteCount(value ?? "")));
        if (bytes > LimitBytes)
        {
            yield return FieldError.Invalid("data", $"data has {bytes} bytes; at most {LimitBytes} are allowed.");
        }
    }

    public static bool AreSame(IReadOnlyDictionary<string, string>? left, IReadOnlyDictionary<string, string>? right) =>
        (left?.Count ?? 0) == (right?.Count ?? 0)
        && (left ?? new Dictionary<string, string>()).All(value =>
            right!.TryGetValue(value.Key, out var other) && other == value.Value
        );
}
