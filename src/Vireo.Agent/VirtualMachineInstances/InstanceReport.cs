using System.Net;
using System.Net.Sockets;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>What keeps an instance from being as wanted.</summary>
/// <param name="Reason">Why, in one word.</param>
/// <param name="Message">Why, for a person, and what to do.</param>
internal sealed record InstanceProblem(string Reason, string Message);

/// <summary>Says how an instance is: the only place where the agent makes an instance's status. Pure.</summary>
internal static class InstanceReport
{
    /// <summary>A guest that runs.</summary>
    /// <param name="instance">The instance as it was last told.</param>
    /// <param name="seen">Its domain.</param>
    /// <param name="guest">What the guest says; null leaves what it said last.</param>
    /// <param name="disks">The volumes that were made for it; null leaves what was told of them.</param>
    /// <param name="now">The time.</param>
    public static VirtualMachineInstanceStatus Running(
        VirtualMachineInstance instance,
        ObservedDomain seen,
        ObservedGuest? guest,
        IReadOnlyList<PreparedDisk>? disks,
        DateTimeOffset now
    )
    {
        var status = Enter(instance.Status ?? new(), VirtualMachineInstancePhase.Running, now);
        return status with
        {
            Reason = null,
            Machine = new() { Type = seen.MachineType },
            CurrentCPUTopology = DomainSize.Topology(instance, seen),
            Memory = DomainSize.Memory(instance, seen),
            Interfaces = Interfaces(seen, guest, status.Interfaces),
            GuestOSInfo = guest?.Os ?? status.GuestOSInfo,
            VolumeStatus = Volumes(seen, disks, status.VolumeStatus),
            MigrationMethod = LiveMigratable.MethodOf(instance.Spec),
            MigrationTransport = LiveMigratable.Transport,
            Conditions = LiveMigratable.Tell(RunningConditions(status.Conditions, seen, now), instance.Spec, now),
        };
    }

    /// <summary>Whether the guest's file systems stand still.</summary>
    public static VirtualMachineInstanceStatus Frozen(VirtualMachineInstanceStatus status, bool isFrozen) =>
        status with
        {
            FsFreezeStatus = isFrozen ? "frozen" : null,
        };

    /// <summary>An instance that cannot be made as wanted for now.</summary>
    public static VirtualMachineInstanceStatus Troubled(
        VirtualMachineInstance instance,
        InstanceProblem problem,
        DateTimeOffset now
    ) =>
        (instance.Status ?? new()) with
        {
            Conditions = Conditions.Set(
                instance.Status?.Conditions,
                new()
                {
                    Type = "Synchronized",
                    Status = "False",
                    Reason = problem.Reason,
                    Message = problem.Message,
                },
                now
            ),
        };

    /// <summary>A guest that rebooted. The condition stays, and its time is that of the last reboot.</summary>
    public static VirtualMachineInstanceStatus Rebooted(VirtualMachineInstanceStatus status, GuestReboot reboot) =>
        status with
        {
            Conditions =
            [
                .. Conditions.Remove(status.Conditions, GuestReboot.ConditionType),
                new()
                {
                    Type = GuestReboot.ConditionType,
                    Status = "True",
                    Reason = reboot.Source.ToString(),
                    Message = reboot.Message,
                    LastTransitionTime = reboot.At,
                },
            ],
        };

    /// <summary>An instance whose guest is gone for good.</summary>
    public static VirtualMachineInstanceStatus Finished(
        VirtualMachineInstance instance,
        Step.Finish end,
        DateTimeOffset now
    )
    {
        var status = Frozen(Enter(instance.Status ?? new(), end.Phase, now), isFrozen: false);
        var conditions = Conditions.Remove(Conditions.Remove(status.Conditions, "AgentConnected"), "Paused");
        status = status with
        {
            Reason = end.Why is FinishReason.GuestRebooted or FinishReason.HostRebooted ? end.Why.ToString() : null,
            Conditions = Conditions.Set(conditions, NotReady(MessageOf(end.Why)), now),
        };
        return end.Reboot is { } reboot ? Rebooted(status, reboot) : status;
    }

    /// <summary>An instance whose disks are saved.</summary>
    public static VirtualMachineInstanceStatus Saved(VirtualMachineInstanceStatus status, SavedDisks disks) =>
        status with
        {
            SavedDisks = disks,
            Conditions = Conditions.Remove(status.Conditions, "Synchronized"),
        };

    private static string MessageOf(FinishReason why) =>
        why switch
        {
            FinishReason.GuestRebooted => "The guest rebooted; rebootPolicy Terminate ends the instance then.",
            FinishReason.ShutDownOrRebooted =>
                "The guest has ended: it shut down or rebooted, and nobody saw which of the two.",
            FinishReason.HostRebooted => "The guest has ended with its host, which rebooted.",
            _ => "The guest has ended.",
        };

    private static VirtualMachineInstanceStatus Enter(
        VirtualMachineInstanceStatus status,
        VirtualMachineInstancePhase phase,
        DateTimeOffset now
    ) =>
        status.Phase == phase
            ? status
            : status with
            {
                Phase = phase,
                PhaseTransitionTimestamps =
                [
                    .. status.PhaseTransitionTimestamps ?? [],
                    new() { Phase = phase, PhaseTransitionTimestamp = now },
                ],
            };

    private static IReadOnlyList<Condition> RunningConditions(
        IReadOnlyList<Condition>? conditions,
        ObservedDomain seen,
        DateTimeOffset now
    )
    {
        var ready = seen.PausedReason is null
            ? new Condition { Type = "Ready", Status = "True" }
            : NotReady("The guest is paused.");
        var next = Conditions.Remove(Conditions.Set(conditions, ready, now), "Synchronized");
        next = SetWhile(
            next,
            seen.PausedReason is not null,
            new()
            {
                Type = "Paused",
                Status = "True",
                Reason = seen.PausedReason,
                Message = "The guest is paused.",
            },
            now
        );
        next = SetWhile(next, seen.IsAgentConnected, new() { Type = "AgentConnected", Status = "True" }, now);
        return SetWhile(
            next,
            seen.IsEmulated,
            new()
            {
                Type = "SoftwareEmulation",
                Status = "True",
                Reason = "NoKVM",
                Message =
                    "The guest's processors are emulated in software, which is slow: its host's KVM does not work "
                    + "or developerConfiguration.useEmulation is set.",
            },
            now
        );
    }

    private static IReadOnlyList<Condition> SetWhile(
        IReadOnlyList<Condition> conditions,
        bool holds,
        Condition condition,
        DateTimeOffset now
    ) => holds ? Conditions.Set(conditions, condition, now) : Conditions.Remove(conditions, condition.Type);

    private static Condition NotReady(string message) =>
        new()
        {
            Type = "Ready",
            Status = "False",
            Reason = "GuestNotRunning",
            Message = message,
        };

    private static IReadOnlyList<VirtualMachineInstanceNetworkInterface> Interfaces(
        ObservedDomain seen,
        ObservedGuest? guest,
        IReadOnlyList<VirtualMachineInstanceNetworkInterface>? told
    )
    {
        var macs = seen.Interfaces.Select(nic => nic.Mac).ToHashSet(StringComparer.Ordinal);
        var known = seen.Interfaces.Select(nic =>
            Interface(
                nic,
                guest?.Interfaces.FirstOrDefault(other => other.Mac == nic.Mac),
                told?.FirstOrDefault(other => other.Mac == nic.Mac)
            )
        );
        var others = guest is null
            ? (told ?? []).Where(nic => nic.Mac is null || !macs.Contains(nic.Mac))
            : guest
                .Interfaces.Where(nic => nic.InterfaceName is not (null or "lo"))
                .Where(nic => nic.Mac is null || !macs.Contains(nic.Mac))
                .Select(nic =>
                    WithAddresses(
                        new()
                        {
                            Mac = nic.Mac,
                            InterfaceName = nic.InterfaceName,
                            InfoSource = "guest-agent",
                        },
                        nic.Addresses
                    )
                );
        return [.. known, .. others];
    }

    /// <summary>
    /// An interface of the specification. An address stays until the guest or the network tells another.
    /// </summary>
    private static VirtualMachineInstanceNetworkInterface Interface(
        ObservedInterface nic,
        ObservedGuestInterface? inGuest,
        VirtualMachineInstanceNetworkInterface? told
    ) =>
        WithAddresses(
            new()
            {
                Name = nic.Name,
                Mac = nic.Mac,
                InterfaceName = inGuest?.InterfaceName ?? told?.InterfaceName,
                InfoSource = (inGuest?.InterfaceName ?? told?.InterfaceName) is null ? "domain" : "domain, guest-agent",
                QueueCount = nic.Queues,
                LinkState = nic.IsUp ? "up" : "down",
            },
            inGuest is { Addresses.Count: > 0 } ? inGuest.Addresses : told?.IpAddresses ?? []
        );

    private static VirtualMachineInstanceNetworkInterface WithAddresses(
        VirtualMachineInstanceNetworkInterface nic,
        IReadOnlyList<string> addresses
    )
    {
        var ordered = addresses.OrderBy(Rank).ToList();
        return ordered.Count == 0 ? nic : nic with { IpAddress = ordered[0], IpAddresses = ordered };
    }

    /// <summary>IPv4 first, addresses that reach nobody beyond the cable last.</summary>
    private static int Rank(string address) =>
        IPAddress.TryParse(address, out var parsed)
            ? parsed switch
            {
                { AddressFamily: AddressFamily.InterNetwork } => 0,
                { IsIPv6LinkLocal: true } => 2,
                _ => 1,
            }
            : 3;

    private static IReadOnlyList<VolumeStatus> Volumes(
        ObservedDomain seen,
        IReadOnlyList<PreparedDisk>? disks,
        IReadOnlyList<VolumeStatus>? told
    ) =>
        [
            .. seen
                .Disks.Where(disk => disk.Name is not null)
                .Select(disk => new VolumeStatus
                {
                    Name = disk.Name!,
                    Target = disk.Target,
                    Phase = "Ready",
                    Size =
                        disks?.FirstOrDefault(ready => ready.VolumeName == disk.Name)?.SizeBytes
                        ?? told?.FirstOrDefault(volume => volume.Name == disk.Name)?.Size,
                })
                .OrderBy(volume => volume.Name, StringComparer.Ordinal),
        ];
}
