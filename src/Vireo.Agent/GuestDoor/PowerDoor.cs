using Vireo.Api;

namespace Vireo.Agent;

/// <summary>Pauses and reboots guests.</summary>
/// <param name="control">Pauses guests.</param>
/// <param name="power">Reboots guests.</param>
internal sealed class PowerDoor(IGuestControl control, GuestPower power)
{
    public async Task PauseAsync(DoorCall call)
    {
        var options = await call.ReadAsync(ApiJson.Default.PauseOptions);
        await ActAsync(call, options?.DryRun, control.PauseAsync);
    }

    public async Task UnpauseAsync(DoorCall call)
    {
        var options = await call.ReadAsync(ApiJson.Default.UnpauseOptions);
        await ActAsync(call, options?.DryRun, control.ResumeAsync);
    }

    public Task SoftRebootAsync(DoorCall call) =>
        ActAsync(call, [], (_, ct) => power.SoftRebootAsync(call.Instance, ct));

    public Task ResetAsync(DoorCall call) => ActAsync(call, [], (_, ct) => power.ResetAsync(call.Instance, ct));

    private static async Task ActAsync(
        DoorCall call,
        IReadOnlyList<string>? dryRun,
        Func<DomainId, CancellationToken, Task<bool>> act
    )
    {
        if (dryRun?.Contains("All") != true && !await act(call.Id, call.Aborted))
        {
            throw DoorRefusals.NotRunning(call.Id.Key.Name);
        }
    }
}
