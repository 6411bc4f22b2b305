using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What images say of the instance types and preferences that suit them, as far as hosts know them.</summary>
public static class ImageDefaults
{
    /// <summary>The labels of an image; null when no host has it, or it has none.</summary>
    /// <param name="hosts">The hosts.</param>
    /// <param name="image">The image's full name.</param>
    public static IReadOnlyDictionary<string, string>? Of(IEnumerable<Host> hosts, string image) =>
        hosts
            .OrderBy(host => host.Metadata.Name, StringComparer.Ordinal)
            .Select(host => host.Status?.ImageDefaults?.GetValueOrDefault(image))
            .FirstOrDefault(labels => labels is { Count: > 0 });
}
