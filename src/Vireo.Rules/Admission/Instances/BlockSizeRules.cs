using System.Numerics;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The sizes of blocks that a guest sees.</summary>
internal static class BlockSizeRules
{
    private const int Least = 512;
    private const int Most = 2 * 1024 * 1024;

    public static IEnumerable<FieldError> Check(CustomBlockSize? size, string path)
    {
        if (size is null)
        {
            yield break;
        }

        foreach (var (name, bytes) in new[] { ("logical", size.Logical), ("physical", size.Physical) })
        {
            if (bytes is null)
            {
                yield return FieldError.Required($"{path}.{name}", $"{path}.{name} is missing: give both sizes.");
            }
            else if (bytes is < Least or > Most || !BitOperations.IsPow2(bytes.Value))
            {
                yield return FieldError.Invalid(
                    $"{path}.{name}",
                    $"{path}.{name}: {bytes} must be a power of two from {Least} to {Most}."
                );
            }
        }

        if (size.Logical > size.Physical)
        {
            yield return FieldError.Invalid(
                $"{path}.logical",
                $"{path}.logical: {size.Logical} must not be greater than {path}.physical, {size.Physical}."
            );
        }

        if (size.DiscardGranularity < 0 || (size.Logical > 0 && size.DiscardGranularity % size.Logical > 0))
        {
            yield return FieldError.Invalid(
                $"{path}.discardGranularity",
                $"{path}.discardGranularity: {size.DiscardGranularity} must be a multiple of {path}.logical."
            );
        }
    }
}
