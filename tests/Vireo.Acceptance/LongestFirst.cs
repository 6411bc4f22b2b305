using Xunit.Sdk;
using Xunit.v3;

namespace Vireo.Acceptance;

/// <summary>
/// Starts those collections first whose classes take the longest one after the other: begun last, one of them would
/// still run when all others have ended.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    /// <summary>By their measured time; all others take less than a minute.</summary>
    private static readonly string[] Order =
    [
        KilledCollection.Name,
        WalkCollection.Name,
        ApartCollection.Name,
        MovingCollection.Name,
        nameof(RebootMatrixTests),
        nameof(QuickstartTests),
        nameof(CrashTests),
        LinuxGuestCollection.Name,
        nameof(ActionTests),
        nameof(LivePlugTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections
    )
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(Place)];

    private static int Place<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection
    {
        // A class without a collection is one of its own: "Test collection for Vireo.Acceptance.Name (id: ...)".
        var words = collection.TestCollectionDisplayName.Split(' ', '.');
        var place = Array.FindIndex(Order, name => words.Contains(name, StringComparer.Ordinal));
        return place < 0 ? Order.Length : place;
    }
}
