using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Model;

/// <summary>One change of one object.</summary>
/// <param name="Revision">The revision by which it is known.</param>
/// <param name="Key">Which object.</param>
/// <param name="Before">What was there; null for a new object.</param>
/// <param name="After">What is there; null once it is gone.</param>
/// <param name="Told">What watchers are told.</param>
internal sealed record ModelChange(long Revision, string Key, JsonObject? Before, JsonObject? After, JsonObject Told);

/// <summary>All changes, and which of them a server need no longer know.</summary>
internal sealed class ModelHistory
{
    private readonly List<ModelChange> _changes = [];
    private long _gone;
    private long _old;

    public void Add(ModelChange change) => _changes.Add(change);

    public IEnumerable<ModelChange> After(ModelKind kind, string? ns, long revision) =>
        Of(kind, ns).Where(change => change.Revision > revision);

    /// <summary>What there was at a revision.</summary>
    public IReadOnlyList<JsonObject> ListAt(ModelKind kind, string ns, long revision)
    {
        var there = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var change in Of(kind, ns).Where(change => change.Revision <= revision))
        {
            there.Remove(change.Key);
            if (change.After is { } after)
            {
                there.Add(change.Key, after);
            }
        }

        return [.. there.Values];
    }

    /// <summary>All that happened is now older than what a server keeps: at its next write it may let it go.</summary>
    public void Age() => _old = _changes is [.., var newest] ? newest.Revision : 0;

    /// <summary>The server has written, and tidied up.</summary>
    public void LetGo() => _gone = _old;

    /// <summary>What was let go may still be on the disk, and then it is there again.</summary>
    public void Restart() => _gone = 0;

    /// <summary>Whether reads and watches from a revision come too late; null when nobody can know.</summary>
    public bool? IsGone(ModelKind kind, long revision) =>
        revision < LastOf(kind, _gone) ? true
        : revision >= LastOf(kind, _old) ? false
        : null;

    /// <summary>A kind is known from its last change that was let go.</summary>
    private long LastOf(ModelKind kind, long until) =>
        Of(kind, null).LastOrDefault(change => change.Revision <= until)?.Revision ?? 0;

    private IEnumerable<ModelChange> Of(ModelKind kind, string? ns) =>
        _changes.Where(change => change.Key.StartsWith(ModelCluster.Prefix(kind, ns), StringComparison.Ordinal));
}
