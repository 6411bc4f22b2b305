using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Reboots running guests for users, so that it can be told later that a user wanted it.</summary>
/// <remarks>
/// Whether that may be is decided before, by <c>InstanceActions</c>. What is wanted is on disk before anything is done:
/// a guest that ends by it may do so while no agent looks.
/// </remarks>
/// <param name="hypervisor">What runs the guests.</param>
/// <param name="settings">Where things are on this host.</param>
/// <param name="time">Dates what is wanted.</param>
internal sealed class GuestPower(IHypervisor hypervisor, InstanceSettings settings, TimeProvider time)
{
    /// <summary>
    /// Asks the guest to reboot, by its agent if that talks, else by the power button; false when the guest is gone.
    /// </summary>
    /// <remarks>Returns when the guest was asked; by its agent, when it goes down.</remarks>
    /// <exception cref="HypervisorException">The hypervisor or the agent in the guest refuses.</exception>
    public Task<bool> SoftRebootAsync(VirtualMachineInstance instance, CancellationToken ct) =>
        ActAsync(
            instance,
            RebootSource.SoftReboot,
            seen =>
                hypervisor.RebootAsync(
                    seen.Id,
                    seen.IsAgentConnected ? RebootRequest.Agent : RebootRequest.PowerButton,
                    ct
                ),
            ct
        );

    /// <summary>Resets the guest without asking it; false when the guest is gone.</summary>
    /// <exception cref="HypervisorException">The hypervisor refuses.</exception>
    public Task<bool> ResetAsync(VirtualMachineInstance instance, CancellationToken ct) =>
        ActAsync(instance, RebootSource.Reset, seen => hypervisor.ResetAsync(seen.Id, ct), ct);

    private async Task<bool> ActAsync(
        VirtualMachineInstance instance,
        RebootSource source,
        Func<ObservedDomain, Task<bool>> act,
        CancellationToken ct
    )
    {
        var seen = await hypervisor.ObserveAsync(ResourceKey.Of(instance), ct);
        if (seen?.Uid is not { } uid || uid != instance.Metadata.Uid)
        {
            return false;
        }

        var folder = new InstanceFolder(settings.StateFolder, uid);
        folder.WriteReboot(new(source, time.GetUtcNow(), seen.EndsOnReboot));
        try
        {
            return await act(seen);
        }
        catch (HypervisorException)
        {
            folder.ForgetReboot();
            throw;
        }
    }
}
