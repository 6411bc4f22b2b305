using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Opens guests' consoles and screens.</summary>
/// <param name="logs">What guests wrote to their consoles.</param>
/// <param name="time">Times what streams wait for.</param>
internal sealed class StreamDoor(ConsoleLogs logs, TimeProvider time)
{
    private readonly Places _consoles = new();
    private readonly Places _screens = new();

    public async Task OpenConsoleAsync(DoorCall call)
    {
        call.RequireStream();
        var devices = call.Instance.Spec.Domain.Devices;
        if (devices.AutoattachSerialConsole == false)
        {
            throw new ApiException(Reason.BadRequest, "No serial consoles are present.");
        }

        using var place =
            _consoles.TryEnter(call.Id.Uid, call.Stopping)
            ?? throw DoorRefusals.Conflict(call.Id.Key.Name, "Active console connection. Request denied.");
        await using var guest = await GuestSocket.ConnectAsync(
            call.Paths.ConsoleSocket,
            "serial console",
            call.Aborted
        );
        var log = devices.LogSerialConsole == false ? null : logs.Of(call.Id.Uid);
        var session = new ConsoleSession(guest, log, await call.AcceptAsync(time), time);
        await session.RunAsync(place.Dispose, place.Ended);
    }

    public async Task OpenScreenAsync(DoorCall call)
    {
        call.RequireStream();
        if (call.Instance.Spec.Domain.Devices.AutoattachGraphicsDevice == false)
        {
            throw new ApiException(Reason.BadRequest, "No graphics devices are present.");
        }

        await using var guest = await GuestSocket.ConnectAsync(call.Paths.VncSocket, "graphics device", call.Aborted);
        using var place = call.HasFlag("preserveSession")
            ? _screens.TryEnter(call.Id.Uid, call.Stopping)
                ?? throw DoorRefusals.Conflict(call.Id.Key.Name, "Active VNC connection. Request denied.")
            : _screens.Enter(call.Id.Uid, call.Stopping);
        var client = await call.AcceptAsync(time);
        await client.RunAsync(
            (bytes, _, ct) => guest.WriteAsync(bytes, ct),
            async ct =>
            {
                try
                {
                    await GuestSocket.CopyAsync(guest, client, ct);
                }
                finally
                {
                    place.Dispose();
                }
            },
            place.Ended
        );
    }
}
