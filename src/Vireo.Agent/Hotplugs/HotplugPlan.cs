using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>Decides what is plugged into a running guest next. Pure.</summary>
/// <remarks>
/// The difference between the instance's spec and the live domain decides, so that a step that an agent was killed in is
/// done by the next. A guest has as long as <see cref="Patience"/> to take memory or give it back, and as long the
/// hypervisor is tried again that refuses.
/// </remarks>
internal static class HotplugPlan
{
    /// <summary>How long is waited for a guest, and for a hypervisor that refuses.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The pause between two tries, and between looks at a guest that is asked.</summary>
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
            return End(view, Hotplug.VcpuChange, wanted);
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

    private static HotplugStep AwaitGuest(HotplugView view, ObservedMemoryDevice? device, long boot, long more)
    {
        var has = device?.CurrentBytes ?? 0;
        if (has == more)
        {
            return End(view, Hotplug.MemoryChange, more);
        }

        // A guest that stands still, or moves, can do nothing about it.
        var since = view.Memory?.Target == more ? view.Memory.Since : view.Now;
        if (view.Seen.PausedReason is not null || Hotplug.IsMigrating(view.Instance) || view.Now - since < Patience)
        {
            return new HotplugStep.Wait(more, Pause);
        }

        var verb = has < more ? "taken" : "given back";
        return new HotplugStep.NotTaken(
            $"The guest has {Amount(boot + has)} of memory and was asked to have {Amount(boot + more)}: it has not "
                + $"{verb} the rest within {Patience.TotalSeconds:0} seconds. It needs a driver for virtio-mem and to "
                + $"bring memory online by itself. {WayOut(boot + has)}"
        );
    }

    private static HotplugStep End(HotplugView view, string change, long target) =>
        Hotplug.ShownFor(Conditions.Find(view.Instance.Status?.Conditions, change), view.Now) is { } left
            ? new HotplugStep.Wait(target, left)
            : new HotplugStep.Done();

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

    private static Quantity Amount(long bytes) => Quantity.FromBytes(bytes);
}
