using Vireo.Libvirt.Native;
using static Vireo.Libvirt.Native.NativeMethods;

namespace Vireo.Libvirt;

/// <content>Moving to another host, and the long jobs of which that is one.</content>
public sealed unsafe partial class LibvirtDomain
{
    private const uint CompletedJob = 1;

    /// <summary>Moves the running guest to another host's daemon; blocks until it is there or has failed.</summary>
    /// <param name="destination">That daemon's URI, as this host's daemon reaches it.</param>
    /// <param name="flags"><see cref="MigrateFlags.PeerToPeer"/> and what else is wanted.</param>
    /// <param name="parameters">What libvirt shall not choose itself.</param>
    public void Migrate(string destination, MigrateFlags flags, MigrateParameters? parameters = null)
    {
        using var built = (parameters ?? new()).Build();
        Check.Succeeded(virDomainMigrateToURI3(_domain, destination, built.Parameters, (uint)built.Count, (uint)flags));
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
