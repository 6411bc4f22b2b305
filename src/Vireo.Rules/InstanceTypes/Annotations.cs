using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Annotations that a template is given.</summary>
internal static class Annotations
{
    /// <summary>Those of the template and, beside them, those that it does not have.</summary>
    public static ObjectMeta? Add(ObjectMeta? metadata, IReadOnlyDictionary<string, string>? more)
    {
        var missing = (more ?? new Dictionary<string, string>())
            .Where(pair => metadata?.Annotations?.ContainsKey(pair.Key) != true)
            .ToList();
        return missing.Count == 0
            ? metadata
            : (metadata ?? new()) with
            {
                Annotations = (metadata?.Annotations ?? new Dictionary<string, string>())
                    .Concat(missing)
                    .ToDictionary(StringComparer.Ordinal),
            };
    }
}
