using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Tells in short which machine types a host offers.</summary>
public static class MachineTypeSummaries
{
    /// <summary>The types for guests of one architecture; null when there are none.</summary>
    /// <param name="types">All that the host offers.</param>
    /// <param name="architecture">The host's own.</param>
    public static HostMachineTypeSummary? Of(IReadOnlyList<HostMachineType> types, string architecture)
    {
        var own = types.Where(type => type.Architecture == architecture).ToList();
        var names = own.Where(type => string.IsNullOrEmpty(type.Canonical) || type.Canonical == type.Name)
            .Select(type => type.Name)
            .Concat(own.Select(type => type.Canonical).OfType<string>().Where(name => name.Length > 0))
            .Distinct(StringComparer.Ordinal)
            .OrderDescending(MachineTypeNameOrder.Instance)
            .ToList();
        return names is []
            ? null
            : new()
            {
                Newest = Newest(own, names, new KubeVirtConfiguration().MachineTypeFor(architecture)),
                Count = names.Count,
                Names = string.Join(' ', names.GroupBy(LineOf, StringComparer.Ordinal).Select(Shortened)),
            };
    }

    /// <summary>What the alias of the family means here, else the last of its names in order.</summary>
    private static string? Newest(IReadOnlyList<HostMachineType> types, IReadOnlyList<string> names, string alias) =>
        types.FirstOrDefault(type => type.Name == alias) is { Canonical: { Length: > 0 } canonical }
            ? canonical
            : names.FirstOrDefault(name =>
                MachineType.Parse(name) is { IsVersioned: true } type && type.Family == MachineType.Parse(alias)?.Family
            );

    /// <summary>What the names of a line begin with; the whole name of a board without versions.</summary>
    private static string LineOf(string name) =>
        MachineType.Parse(name) is { IsVersioned: true } type
        && name.StartsWith($"{type.Scheme}-", StringComparison.Ordinal)
            ? $"{type.Scheme}-"
            : name;

    private static string Shortened(IGrouping<string, string> line) =>
        line.Count() == 1
            ? line.First()
            : $"{line.Key}{{{string.Join(',', line.Select(name => name[line.Key.Length..]))}}}";
}
