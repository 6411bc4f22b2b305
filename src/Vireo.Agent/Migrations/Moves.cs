using Vireo.Api;

namespace Vireo.Agent;

/// <summary>What an instance's status says of its move from host to host. Pure.</summary>
internal static class Moves
{
    /// <summary>The move that was asked for and has not ended; null when there is none.</summary>
    public static VirtualMachineInstanceMigrationState? UnderWay(VirtualMachineInstance instance) =>
        instance.Status?.MigrationState is { MigrationUid: not null, TargetNode: not null, EndTimestamp: null } state
            ? state
            : null;

    /// <summary>True when the guest has begun to leave the host that it is bound to.</summary>
    /// <remarks>
    /// Where it runs is then not known by whether it has a domain on that host: only its moves may judge it.
    /// </remarks>
    public static bool IsLeaving(VirtualMachineInstance instance) =>
        UnderWay(instance) is { StartTimestamp: not null } state && state.SourceNode == instance.Status?.NodeName;

    /// <summary>
    /// True when the guest is to come to a host, or may be there already, and is not bound to it yet.
    /// </summary>
    public static bool IsArriving(VirtualMachineInstance instance, string node) =>
        UnderWay(instance)?.TargetNode == node && instance.Status?.NodeName != node;
}
