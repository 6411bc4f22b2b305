namespace Vireo.Rules;

/// <summary>What one of the two agents of a migration does next. The list is closed.</summary>
public abstract record MigrationStep
{
    private MigrationStep() { }

    /// <summary>This host has no part in it: the instance is looked after as ever.</summary>
    public sealed record None : MigrationStep;

    /// <summary>It is another's turn. On the source the instance is looked after as ever meanwhile.</summary>
    public sealed record Wait : MigrationStep;

    /// <summary>
    /// Target: make disks, open the sockets, then write <see cref="MigrationStates.Prepared" />. When that cannot be
    /// done: <see cref="MigrationStates.Failed" />.
    /// </summary>
    public sealed record Prepare : MigrationStep;

    /// <summary>Source: write <see cref="MigrationStates.Begun" />, and once it is written begin to move.</summary>
    public sealed record Begin : MigrationStep;

    /// <summary>
    /// Source: tell the progress, and how it ended: <see cref="MigrationStates.Succeeded" /> or
    /// <see cref="MigrationStates.Failed" />.
    /// </summary>
    public sealed record Follow : MigrationStep;

    /// <summary>
    /// Source: end the job, and write <see cref="MigrationStates.Aborting" /> unless it has ended or is written.
    /// </summary>
    public sealed record Abort : MigrationStep;

    /// <summary>Source: the guest stays or has ended here: write <see cref="MigrationStates.Failed" />.</summary>
    /// <param name="Why">Why, for a person.</param>
    public sealed record Fail(string Why) : MigrationStep;

    /// <summary>
    /// Source: the guest is on the other host, whose agent will say so. Its absence here is not its end: the instance
    /// is not finished, and not started anew.
    /// </summary>
    public sealed record LeaveToTarget : MigrationStep;

    /// <summary>Target: the guest runs here, nobody said so: write <see cref="MigrationStates.Succeeded" />.</summary>
    public sealed record Claim : MigrationStep;

    /// <summary>
    /// Target: end the domain that the guest did not arrive in, for good, and after that write
    /// <see cref="MigrationStates.Failed" />.
    /// </summary>
    /// <param name="Why">Why, for a person.</param>
    public sealed record GiveUp(string Why) : MigrationStep;

    /// <summary>
    /// The guest is the other host's: end whatever domain of it is here, close the sockets, remove the copies of its
    /// disks that are this host's own. Shared disks stay.
    /// </summary>
    public sealed record CleanUp : MigrationStep;
}
