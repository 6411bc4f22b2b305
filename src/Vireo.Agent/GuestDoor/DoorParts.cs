using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Puts the door together, and what goes on behind it.</summary>
/// <param name="control">Acts on guests.</param>
/// <param name="reboots">Reboots guests.</param>
/// <param name="instances">The instances of this host.</param>
/// <param name="stateFolder">The agent's state folder.</param>
/// <param name="network">The guests' network.</param>
/// <param name="time">The time.</param>
/// <param name="logger">Told what was done.</param>
internal sealed class DoorParts(
    IGuestControl control,
    GuestPower reboots,
    Informer<VirtualMachineInstance> instances,
    string stateFolder,
    GuestNetwork network,
    TimeProvider time,
    ILogger logger
)
{
    /// <summary>What guests wrote to their consoles.</summary>
    public ConsoleLogs Logs { get; } = new(stateFolder, time, logger);

    /// <summary>What other agents ask about moves; null while none is to come or go.</summary>
    public Func<HttpContext, CancellationToken, Task>? Moves { get; set; }

    /// <summary>Where a host that joined listens; null for the socket of this machine.</summary>
    public NetworkDoor? Network { get; init; }

    /// <summary>Who freezes guests; tells when one was.</summary>
    public FreezeWatch Freezes { get; } = new(control, stateFolder, time, logger);

    /// <summary>What runs as long as the agent does.</summary>
    public IEnumerable<Func<CancellationToken, Task>> Loops => [OpenAsync, Freezes.RunAsync, Logs.RunAsync];

    /// <summary>Not before the instances are known: until then nobody is told that one is not there.</summary>
    private async Task OpenAsync(CancellationToken ct)
    {
        await instances.WaitForSyncAsync(ct);
        var router = new DoorRouter(instances, stateFolder, Actions(), logger);
        await new GuestDoor(
            stateFolder,
            Network,
            (http, stopping) =>
                Moves is { } moves && http.Request.Path.StartsWithSegments("/migrations", StringComparison.Ordinal)
                    ? moves(http, stopping)
                    : router.HandleAsync(http, stopping)
        ).RunAsync(ct);
    }

    private Dictionary<string, Func<DoorCall, Task>> Actions()
    {
        var power = new PowerDoor(control, reboots);
        var freezing = new FreezeDoor(Freezes);
        var questions = new QuestionDoor(control);
        var streams = new StreamDoor(Logs, time);
        return new(StringComparer.Ordinal)
        {
            ["pause"] = power.PauseAsync,
            ["unpause"] = power.UnpauseAsync,
            ["softreboot"] = power.SoftRebootAsync,
            ["reset"] = power.ResetAsync,
            ["freeze"] = freezing.FreezeAsync,
            ["unfreeze"] = freezing.UnfreezeAsync,
            ["guestosinfo"] = questions.TellAllAsync,
            ["userlist"] = questions.TellUsersAsync,
            ["filesystemlist"] = questions.TellFileSystemsAsync,
            ["vnc/screenshot"] = questions.ShowScreenAsync,
            ["console"] = streams.OpenConsoleAsync,
            ["vnc"] = streams.OpenScreenAsync,
            ["portforward"] = new PortDoor(network, time).ForwardAsync,
        };
    }
}
