using Vireo.Libvirt.Events;
using Vireo.Libvirt.Native;
using static Vireo.Libvirt.Native.NativeMethods;

namespace Vireo.Libvirt;

/// <content>Moving to another host, and the long jobs of which that is one.</content>
public sealed unsafe partial class LibvirtDomain
{
    private const uint CompletedJob = 1;

    /// <summary>Moves the running guest to another host's daemon; blocks until it is there or has failed.</summary>
    /// <remarks>
    /// This process talks to both daemons. When it ends after all was sent, the guest stands still here until somebody
    /// decides; as long as the other daemon is silent, the call waits: nobody is asked whether it is still there.
    /// </remarks>
    /// <param name="destination">That daemon's URI, as this process reaches it.</param>
    /// <param name="flags">What is wanted; not <see cref="MigrateFlags.PeerToPeer"/>.</param>
    /// <param name="parameters">What libvirt shall not choose itself.</param>
    public void Migrate(string destination, MigrateFlags flags, MigrateParameters? parameters = null)
    {
        LibvirtEventLoop.EnsureRunning();
        using var built = (parameters ?? new()).Build();
        using var other = Check.Valid(virConnectOpen(destination));
        using var moved = Check.Valid(
            virDomainMigrate3(_domain, other, built.Parameters, (uint)built.Count, (uint)flags)
        );
    }

    /// <summary>Ends the job that runs; the guest stays where it was.</summary>
    public void AbortJob() => Check.Succeeded(virDomainAbortJob(_domain));

    /// <summary>How long the guest may stand still at the end of the migration that runs; rounded to ms.</summary>
    public void SetMaxDowntime(TimeSpan most) =>
        Check.Succeeded(virDomainMigrateSetMaxDowntime(_domain, (ulong)most.TotalMilliseconds, 0));

    /// <summary>How many MiB a second the migration that runs may send.</summary>
    public void SetMaxBandwidth(long mebibytes) =>
        Check.Succeeded(virDomainMigrateSetMaxSpeed(_domain, (nuint)mebibytes, 0));

    /// <summary>
    /// Lets the guest run on the target before all its memory is there; the migration must have been started with
    /// <see cref="MigrateFlags.PostCopy"/>.
    /// </summary>
    public void StartPostCopy() => Check.Succeeded(virDomainMigrateStartPostCopy(_domain, 0));

    /// <summary>How far the job that runs is; <see cref="JobType.None"/> when none does.</summary>
    public JobStats GetJobStats() => JobStatsOf(0);

    /// <summary>How the last job went. libvirt forgets it once it was asked.</summary>
    public JobStats GetCompletedJobStats() => JobStatsOf(CompletedJob);

    private JobStats JobStatsOf(uint flags)
    {
        Check.Succeeded(virDomainGetJobStats(_domain, out var type, out var parameters, out var count, flags));
        return new((JobType)type, TypedParameters.Take(parameters, count));
    }
}
