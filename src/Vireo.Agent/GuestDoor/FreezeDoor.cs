using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Freezes and thaws guests' file systems.</summary>
/// <param name="freezes">Does it, and sees to it that it ends.</param>
internal sealed class FreezeDoor(FreezeWatch freezes)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    public async Task FreezeAsync(DoorCall call)
    {
        var options = await call.ReadAsync(ApiJson.Default.FreezeUnfreezeTimeout);
        if (!await freezes.FreezeAsync(call.Id, TimeoutOf(options), call.Aborted))
        {
            throw DoorRefusals.NotRunning(call.Id.Key.Name);
        }
    }

    public async Task UnfreezeAsync(DoorCall call)
    {
        if (!await freezes.ThawAsync(call.Id, call.Aborted))
        {
            throw DoorRefusals.NotRunning(call.Id.Key.Name);
        }
    }

    private static TimeSpan TimeoutOf(FreezeUnfreezeTimeout? options) =>
        options?.UnfreezeTimeout is not { Length: > 0 } text
            ? DefaultTimeout
            : GoDuration.Parse(text)
                ?? throw new ApiException(
                    Reason.BadRequest,
                    $"unfreezeTimeout: '{text}' is not a time of zero or more; write it as 30s, 5m or 1h30m."
                );
}
