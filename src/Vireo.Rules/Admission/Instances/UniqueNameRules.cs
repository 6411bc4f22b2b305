namespace Vireo.Rules;

/// <summary>Names in a list differ.</summary>
internal static class UniqueNameRules
{
    public static IEnumerable<FieldError> Check(IReadOnlyList<string> names, string path)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < names.Count; index++)
        {
            if (!first.TryAdd(names[index], index))
            {
                yield return FieldError.Duplicate(
                    $"{path}[{index}].name",
                    $"{path}[{first[names[index]]}] and {path}[{index}] must not have the same Name."
                );
            }
        }
    }
}
