namespace Vireo.ApiServer.Backups;

/// <summary>What is in a backup that was read whole and found sound.</summary>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Version">The version of the Vireo that made it.</param>
/// <param name="Revision">The revision of the state: it holds every write up to this one.</param>
/// <param name="Objects">How many objects of each kind are in it, by the kind's name; kinds with none are left out.</param>
public sealed record BackupSummary(
    DateTimeOffset CreatedAt,
    string Version,
    long Revision,
    IReadOnlyDictionary<string, int> Objects
);
