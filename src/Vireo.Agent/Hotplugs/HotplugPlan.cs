using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>Decides what is plugged into a running guest next. Pure.</summary>
/// <remarks>
/// The difference between the instance's spec and the live domain decides, so that a step that an agent was killed in
/// is done by the next. A guest has as long as <see cref="Patience"/> to take vCPUs and memory or give memory back, and
/// as long the hypervisor is tried again that refuses. What a guest has of its memory its domain tells, and what it has
/// of its vCPUs the agent in it: without one, those that are plugged count.
/// </remarks>
internal static class HotplugPlan
{
    /// <summary>How long is waited for a guest, and for a hypervisor that refuses.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The pause between two tries, and between questions to a guest that is given something.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>The next step for the vCPUs.</summary>
    public static HotplugStep Vcpus(HotplugView view)
    {
        var wanted = VcpuTopology.Of(view.Instance.Spec.Domain.Cpu).Count;
        if (view.Seen.Vcpus is not { } has || !IsChanging(view.Instance, Hotplug.VcpuChange))
        {
            return new HotplugStep.None();
        }

        if (wanted == has.Count)
        {
            return AwaitGuest(view, Online(view, has), wanted);
        }

        return !Hotplug.MayApply(view.Instance, Hotplug.VcpuChange) ? new HotplugStep.None()
            : WhyNot(has, wanted) is { } refusal ? new HotplugStep.Fail($"{refusal} {WayOut(has)}")
            : Try(view.Vcpus, wanted, view.Now) switch
            {
                HotplugStep.Fail fail => new HotplugStep.Fail(
                    $"{fail.Message} The guest has {has.Count} of {wanted} vCPUs. {WayOut(has)}"
                ),
                var step => step,
            };
    }

    /// <summary>The next step for the memory.</summary>
    public static HotplugStep Memory(HotplugView view)
    {
        if (
            !IsChanging(view.Instance, Hotplug.MemoryChange)
            || view.Seen.Memory is not { } has
            || MemoryXml.GuestBytes(view.Instance.Spec.Domain) is not { } guest
        )
        {
            return new HotplugStep.None();
        }

        var boot = DomainSize.AtBoot(view.Instance, view.Seen).Value;
        var more = guest - boot;
        if ((has.Device?.RequestedBytes ?? 0) == more)
        {
            return AwaitGuest(view, has.Device, boot, more);
        }

        return !Hotplug.MayApply(view.Instance, Hotplug.MemoryChange) ? new HotplugStep.None()
            : WhyNot(has.Device, boot, more) is { } refusal
                ? new HotplugStep.Fail($"{refusal} {WayOut(boot + (has.Device?.CurrentBytes ?? 0))}")
            : Try(view.Memory, more, view.Now) switch
            {
                HotplugStep.Fail fail => new HotplugStep.Fail(
                    $"{fail.Message} {WayOut(boot + has.Device!.CurrentBytes)}"
                ),
                var step => step,
            };
    }

    /// <summary>True when the guest is to be asked now what it has of its vCPUs.</summary>
    /// <remarks>Not at once: most guests have them by the time that a change is told of at the least.</remarks>
    public static bool IsToAsk(HotplugView view) =>
        view.Seen is { IsAgentConnected: true, Vcpus: { } has }
        && IsGivenAll(view, has)
        && !StandsStill(view)
        && view.Instance.Status?.FsFreezeStatus != "frozen"
        && ShownFor(view, Hotplug.VcpuChange) is null
        && !(view.Vcpus is { AskedAt: { } at } last && last.Target == has.Count && view.Now - at < Pause);

    /// <summary>The vCPUs with what is known of the guest's use of them.</summary>
    public static ObservedVcpus? Known(HotplugView view) =>
        view.Seen.Vcpus is { } has ? has with { Online = Online(view, has) } : null;

    /// <summary>What the guest has of the plugged vCPUs: as it says, or as was told before while it does not.</summary>
    private static int Online(HotplugView view, ObservedVcpus has)
    {
        if (!IsGivenAll(view, has))
        {
            return has.Count;
        }

        var told = view.Instance.Status;
        var mayLack =
            view.Seen.IsAgentConnected
            || Conditions.Find(told?.Conditions, Hotplug.VcpuChange)?.Reason == Hotplug.GuestDoesNotTake;
        var said = view.Vcpus?.Target == has.Count ? view.Vcpus.Online : null;
        var online = said ?? (mayLack ? told?.CurrentCPUTopology?.Sockets * has.InSocket : null);
        return (int)Math.Min(online ?? has.Count, has.Count);
    }

    /// <summary>True while all vCPUs are plugged that a change is to bring: the guest may not have them yet.</summary>
    private static bool IsGivenAll(HotplugView view, ObservedVcpus has) =>
        Conditions.Find(view.Instance.Status?.Conditions, Hotplug.VcpuChange) is { } change
        && !Hotplug.HasNotBegun(view.Instance, change)
        && VcpuTopology.Of(view.Instance.Spec.Domain.Cpu).Count == has.Count;

    private static HotplugStep AwaitGuest(HotplugView view, int online, long wanted) =>
        online >= wanted ? End(view, Hotplug.VcpuChange, wanted)
        : IsPatient(view, view.Vcpus, wanted)
            ? new HotplugStep.Wait(wanted, ShownFor(view, Hotplug.VcpuChange) ?? Pause)
        : new HotplugStep.NotTaken(
            view.Vcpus?.Online is null
                ? $"The guest was given {wanted} vCPUs, and the agent in it has not said within {Seconds} whether it has "
                    + "them online. See that the agent answers, or restart the virtual machine."
                : $"The guest was given {wanted} vCPUs and has {online} online: the rest did not come online within "
                    + $"{Seconds}. Bring them online in the guest, or restart the virtual machine."
        );

    private static HotplugStep AwaitGuest(HotplugView view, ObservedMemoryDevice? device, long boot, long more)
    {
        var has = device?.CurrentBytes ?? 0;
        if (has == more)
        {
            return End(view, Hotplug.MemoryChange, more);
        }

        if (IsPatient(view, view.Memory, more))
        {
            return new HotplugStep.Wait(more, Pause);
        }

        var verb = has < more ? "taken" : "given back";
        return new HotplugStep.NotTaken(
            $"The guest has {Amount(boot + has)} of memory and was asked to have {Amount(boot + more)}: it has not "
                + $"{verb} the rest within {Seconds}. It needs a driver for virtio-mem and to "
                + $"bring memory online by itself. {WayOut(boot + has)}"
        );
    }

    private static bool IsPatient(HotplugView view, HotplugTry? last, long target) =>
        StandsStill(view) || view.Now - (last?.Target == target ? last.Since : view.Now) < Patience;

    /// <summary>A guest that stands still, or moves, can do nothing about it.</summary>
    private static bool StandsStill(HotplugView view) =>
        view.Seen.PausedReason is not null || Hotplug.IsMigrating(view.Instance);

    private static HotplugStep End(HotplugView view, string change, long target) =>
        ShownFor(view, change) is { } left ? new HotplugStep.Wait(target, left) : new HotplugStep.Done();

    private static TimeSpan? ShownFor(HotplugView view, string change) =>
        Hotplug.ShownFor(Conditions.Find(view.Instance.Status?.Conditions, change), view.Now);

    private static HotplugStep Try(HotplugTry? last, long target, DateTimeOffset now) =>
        last?.Target != target ? new HotplugStep.Plug(target)
        : last.IsFinal || now - last.Since >= Patience
            ? new HotplugStep.Fail(last.Problem ?? "The hypervisor did not do what it was told.")
        : now - last.At < Pause ? new HotplugStep.Wait(target, Pause - (now - last.At))
        : new HotplugStep.Plug(target);

    private static bool IsChanging(VirtualMachineInstance instance, string change) =>
        Conditions.Find(instance.Status?.Conditions, change) is not null;

    private static string? WhyNot(ObservedVcpus has, long wanted) =>
        wanted < has.Count ? $"The guest has {has.Count} vCPUs, which cannot become {wanted} while it runs."
        : wanted > has.Most ? $"The guest was started with room for {has.Most} vCPUs, not for {wanted}."
        : null;

    private static string? WhyNot(ObservedMemoryDevice? device, long boot, long more) =>
        device is null ? "The guest was started without room for more memory."
        : more < 0 ? $"The guest cannot have less memory than the {Amount(boot)} it booted with while it runs."
        : more > device.SizeBytes
            ? $"The guest was started with room for {Amount(boot + device.SizeBytes)} of memory, not for "
                + $"{Amount(boot + more)}."
        : more % device.BlockBytes != 0
            ? $"Memory is plugged in steps of {Amount(device.BlockBytes)}, which {Amount(boot + more)} less the "
                + $"{Amount(boot)} at boot is not a multiple of."
        : null;

    private static string WayOut(ObservedVcpus has) =>
        $"Restart the virtual machine, or set its cpu.sockets back to {has.Count / has.InSocket}.";

    private static string WayOut(long bytes) =>
        $"Restart the virtual machine, or set its memory.guest back to {Amount(bytes)}.";

    private static string Seconds => $"{Patience.TotalSeconds:0} seconds";

    private static Quantity Amount(long bytes) => Quantity.FromBytes(bytes);
}
