using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Finds names of machine types that are like another.</summary>
internal static class MachineTypeNearness
{
    /// <summary>
    /// The likest first: of the same line the nearest version, then of the same family, then by letters.
    /// </summary>
    public static IReadOnlyList<string> Nearest(IEnumerable<string> offered, string name, int count)
    {
        var wanted = MachineType.Parse(name);
        return
        [
            .. offered
                .Select(text => (Text: text, Type: MachineType.Parse(text)))
                .OrderBy(offer => Rank(wanted, offer.Type))
                .ThenBy(offer => Distance(wanted, offer.Type))
                .ThenByDescending(offer => SharedLetters(name, offer.Text))
                .ThenBy(offer => offer.Text, StringComparer.Ordinal)
                .Take(count)
                .Select(offer => offer.Text),
        ];
    }

    private static int Rank(MachineType? wanted, MachineType? offered) =>
        wanted is null || offered is null ? 3
        : wanted.IsOfLineOf(offered) && wanted.IsVersioned && offered.IsVersioned ? 0
        : wanted.IsOfLineOf(offered) ? 1
        : wanted.Family == offered.Family ? 2
        : 3;

    private static long Distance(MachineType? wanted, MachineType? offered) =>
        wanted is { IsVersioned: true } && offered is { IsVersioned: true } && wanted.IsOfLineOf(offered)
            ? Math.Abs(Weight(wanted) - Weight(offered))
            : 0;

    private static long Weight(MachineType type) =>
        Enumerable
            .Range(0, 3)
            .Aggregate(0L, (sum, at) => (sum * 1000) + Math.Min(type.Version.ElementAtOrDefault(at), 999));

    private static int SharedLetters(string left, string right) =>
        left.Zip(right).TakeWhile(pair => pair.First == pair.Second).Count();
}
