using System.Net.WebSockets;
using System.Text;

namespace Vireo.Tests.Agent;

/// <summary>A guest's VNC server behind the agent's real socket; the server is played.</summary>
public sealed class ScreenTests
{
    [Fact]
    public async Task Bytes_go_both_ways_as_they_are()
    {
        await using var room = await DoorRoom.OpenAsync();
        using var server = new PlayedConsole(room.Paths.VncSocket, log: null);
        using var client = await room.DialAsync("vnc");
        await Eventually.HoldsAsync(() => server.HasClient);
        server.Write("RFB 003.008\n");
        (await client.ReadUntilAsync("\n")).ShouldBe("RFB 003.008\n");
        await client.WriteAsync("RFB 003.008\n");
        await Eventually.HoldsAsync(() => server.ReceivedCount == 12);
        Encoding.ASCII.GetString(server.Received.ToArray()).ShouldBe("RFB 003.008\n");
    }

    [Fact]
    public async Task A_new_viewer_takes_over_unless_it_wants_the_old_one_kept()
    {
        await using var room = await DoorRoom.OpenAsync();
        using var server = new PlayedConsole(room.Paths.VncSocket, log: null);
        using var first = await room.DialAsync("vnc?preserveSession=true");
        var refusal = await room.RefusalAsync("vnc?preserveSession=true");
        refusal.Code.ShouldBe(409);
        refusal.Message.ShouldNotBeNull().ShouldEndWith("Active VNC connection. Request denied.");

        using var second = await room.DialAsync("vnc");
        await first.ReadToEndAsync();
        first.CloseStatus.ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
        await first.LeaveAsync();
        await second.WriteAsync("mine");
        await Eventually.HoldsAsync(() => server.ReceivedCount == 4);
        await second.LeaveAsync();
        using var third = await room.DialAsync("vnc?preserveSession=true");
    }

    [Fact]
    public async Task A_guest_without_a_screen_says_so()
    {
        await using var room = await DoorRoom.OpenAsync(
            ConsoleTests.WithDevices(devices => devices with { AutoattachGraphicsDevice = false })
        );
        (await room.RefusalAsync("vnc")).Message.ShouldBe("No graphics devices are present.");
        using var answer = await room.Http.GetAsync(DoorRoom.PathOf("vnc/screenshot"));
        (await DoorRoom.StatusAsync(answer)).Code.ShouldBe(400);
    }
}
