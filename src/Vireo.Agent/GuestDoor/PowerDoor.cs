using Vireo.Api;

namespace Vireo.Agent;

/// <summary>Pauses guests and lets them go on.</summary>
/// <param name="control">Acts on guests.</param>
internal sealed class PowerDoor(IGuestControl control)
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
