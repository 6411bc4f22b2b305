using System.Collections.Concurrent;
using Vireo.Api;

namespace Vireo.Agent;

/// <summary>Acts on the guests of a <see cref="SimulatedHypervisor"/>: their agents are always willing.</summary>
/// <param name="hypervisor">Whose guests.</param>
internal sealed class SimulatedGuestControl(SimulatedHypervisor hypervisor) : IGuestControl
{
    /// <summary>One pixel, black, as QEMU writes it.</summary>
    private static readonly byte[] Dot = [.. "P6\n1 1\n255\n"u8, 0, 0, 0];

    private readonly ConcurrentDictionary<DomainId, bool> _frozen = new();

    /// <summary>Thrown by whatever asks the agent in a guest; null while agents are willing.</summary>
    public GuestAgentException? AgentFault { get; set; }

    /// <summary>The guests whose file systems are frozen.</summary>
    public ICollection<DomainId> Frozen => _frozen.Keys;

    public Task<bool> PauseAsync(DomainId id, CancellationToken ct) => Task.FromResult(hypervisor.SetPaused(id, true));

    public Task<bool> ResumeAsync(DomainId id, CancellationToken ct) =>
        Task.FromResult(hypervisor.SetPaused(id, false));

    public async Task<bool> FreezeAsync(DomainId id, CancellationToken ct) =>
        await IsWillingAsync(id, ct) && (_frozen[id] = true);

    public async Task<bool> ThawAsync(DomainId id, CancellationToken ct)
    {
        var isThere = await IsWillingAsync(id, ct);
        _frozen.TryRemove(id, out _);
        return isThere;
    }

    public async Task<VirtualMachineInstanceGuestAgentInfo?> AskAsync(
        DomainId id,
        GuestQuestion question,
        CancellationToken ct
    ) =>
        await IsWillingAsync(id, ct)
            ? new()
            {
                GuestAgentVersion = "simulated",
                SupportedCommands = [],
                Hostname = id.Key.Name,
                Os = new() { Id = "simulated", Name = "Simulated" },
                UserList = [],
                FsInfo = new() { Disks = [] },
                FsFreezeStatus = _frozen.ContainsKey(id) ? "frozen" : "thawed",
            }
            : null;

    public async Task<ScreenPicture?> TakePictureAsync(DomainId id, CancellationToken ct) =>
        await IsThereAsync(id, ct) ? new("image/x-portable-pixmap", Dot) : null;

    private async Task<bool> IsWillingAsync(DomainId id, CancellationToken ct) =>
        AgentFault is { } fault ? throw fault : await IsThereAsync(id, ct);

    private async Task<bool> IsThereAsync(DomainId id, CancellationToken ct) =>
        (await hypervisor.ObserveAsync(id.Key, ct))?.Id == id;
}
