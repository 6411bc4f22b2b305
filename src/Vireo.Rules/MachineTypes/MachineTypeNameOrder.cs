using Vireo.Api;

namespace Vireo.Rules;

/// <summary>
/// The order in which names of machine types are listed: by family, vendor, version, then by letters.
/// </summary>
internal sealed class MachineTypeNameOrder : IComparer<string>
{
    public static MachineTypeNameOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        var (left, right) = (MachineType.Parse(x), MachineType.Parse(y));
        if (left is null || right is null)
        {
            return string.CompareOrdinal(x, y);
        }

        var order = string.CompareOrdinal(left.Family, right.Family);
        order = order != 0 ? order : string.CompareOrdinal(left.Vendor, right.Vendor);
        for (var at = 0; order == 0 && at < Math.Max(left.Version.Count, right.Version.Count); at++)
        {
            order = left.Version.ElementAtOrDefault(at).CompareTo(right.Version.ElementAtOrDefault(at));
        }

        return order != 0 ? order : string.CompareOrdinal(x, y);
    }
}
