using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Vireo.Acceptance;

/// <summary>Consoles, screens and ports of running guests, through the API.</summary>
[Collection(KilledCollection.Name)]
public sealed partial class ConsoleTests(KilledHost host)
{
    [Fact]
    public async Task A_console_shows_what_was_said_before_and_then_what_is_said_now()
    {
        await using var guest = await new MicroGuest(host, "con-live").StartAsync();
        await guest.BootedAsync();

        await using var console = await guest.ConsoleAsync();
        console.SubProtocol.ShouldBe(GuestStream.Protocol);
        var history = await console.ReadUntilAsync("MICRO-READY");
        await console.SendAsync("xyz");

        (await console.ReadUntilAsync("...", history.Length)).ShouldStartWith(history);
    }

    [Fact]
    public async Task A_second_console_is_refused_until_the_first_is_closed()
    {
        await using var guest = await new MicroGuest(host, "con-second").StartAsync();
        await guest.BootedAsync();

        await using (var first = await guest.ConsoleAsync())
        {
            await first.ReadUntilAsync("MICRO-READY");
            (await host.Api.AskForStreamAsync(guest.StreamPath("console"))).ShouldRefuse(
                409,
                "Conflict",
                "Active console connection. Request denied."
            );
            await first.SendAsync("x");
            await first.ReadUntilAsync(".");
        }

        await using var second = await ReopenAsync(guest);
        await second.ReadUntilAsync("MICRO-READY");
    }

    [Fact]
    public async Task A_console_can_be_opened_again_after_vireo_was_killed_and_the_guest_has_not_noticed()
    {
        await using var guest = await new MicroGuest(host, "con-killed").StartAsync();
        var booted = await guest.BootedAsync();
        await using var console = await guest.ConsoleAsync();
        await console.ReadUntilAsync("MICRO-READY");

        host.KillNow();
        await console.EndsAsync();
        await host.StartAsync();

        await using var again = await ReopenAsync(guest);
        var history = await again.ReadUntilAsync("MICRO-READY");
        await again.SendAsync("x");
        await again.ReadUntilAsync(".", history.Length);
        (await guest.LookAsync()).Uid.ShouldBe(booted.Uid);
        guest.Boots(booted.Uid!).ShouldBe(1);
    }

    [Fact]
    public async Task A_console_ends_with_its_guest()
    {
        await using var guest = await new MicroGuest(host, "con-ends").StartAsync("Once");
        await guest.BootedAsync();
        await using var console = await guest.ConsoleAsync();
        await console.ReadUntilAsync("MICRO-READY");

        await console.SendAsync(MicroGuest.PowerOff);

        await console.ReadUntilAsync("POWER-OFF");
        await console.EndsAsync();
        await guest.InPhaseAsync("Succeeded");
        (await host.Api.AskForStreamAsync(guest.StreamPath("console"))).Code.ShouldBeInRange(400, 409);
    }

    [Fact]
    public async Task The_screen_is_a_picture_and_a_vnc_stream()
    {
        await using var guest = await new MicroGuest(host, "con-vnc").StartAsync();
        await guest.BootedAsync();

        var picture = (await host.Api.GetAsync(guest.StreamPath("vnc/screenshot"))).ShouldBe(200);
        picture.ContentType.ShouldBe("image/png", picture.ToString());
        picture.Bytes[..8].ShouldBe([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        (Number(picture.Bytes, 16), Number(picture.Bytes, 20)).ShouldBe((720, 400), "a VGA text screen");

        await using var screen = await host.Api.OpenStreamAsync(guest.StreamPath("vnc"));
        screen.SubProtocol.ShouldBe(GuestStream.Protocol);
        await screen.ReadUntilAsync("RFB 003.008\n");
        await screen.SendAsync("RFB 003.008\n");
        await screen.ReadUntilAsync("\x01\x01");
    }

    [Fact]
    public async Task The_console_command_shows_the_guest_and_leaves_at_its_escape()
    {
        await using var guest = await new MicroGuest(host, "con-command").StartAsync();
        await guest.BootedAsync();

        await using var terminal = new Terminal(host, "console", guest.Name);
        await terminal.ShowsAsync("MICRO-READY");
        await terminal.TypeAsync("x");
        await terminal.ShowsAsync(".");
        await terminal.TypeAsync("\x1d");

        (await terminal.ExitCodeAsync()).ShouldBe(0, terminal.ToString());
        (await guest.LookAsync()).Phase.ShouldBe("Running");
    }

    [Fact]
    public async Task The_vnc_command_tells_a_viewer_where_to_connect()
    {
        await using var guest = await new MicroGuest(host, "con-viewer").StartAsync();
        await guest.BootedAsync();
        await using var terminal = new Terminal(host, "vnc", guest.Name, "--proxy-only");
        var told = await Eventually.Sees(
            () => Task.FromResult(ProxyPort().Match(terminal.ToString())),
            match => match.Success,
            "the command tells the port"
        );

        await using var client = await host.ConnectAsync(
            int.Parse(told.Groups["port"].Value, CultureInfo.InvariantCulture)
        );
        var greeting = new byte[12];
        await client.ReadExactlyAsync(greeting);
        Encoding.ASCII.GetString(greeting).ShouldBe("RFB 003.008\n");
    }

    private async Task<GuestStream> ReopenAsync(MicroGuest guest) =>
        await Eventually.Get(
            async () =>
                (await host.Api.AskForStreamAsync(guest.StreamPath("console"))).Code == 101
                    ? await TryOpenAsync(guest)
                    : null,
            "the console is free again"
        );

    /// <summary>The question before has held the console itself for a moment.</summary>
    private static async Task<GuestStream?> TryOpenAsync(MicroGuest guest)
    {
        try
        {
            return await guest.ConsoleAsync();
        }
        catch (System.Net.WebSockets.WebSocketException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"""port"":\s*(?<port>\d+)", RegexOptions.ExplicitCapture)]
    private static partial Regex ProxyPort();

    private static int Number(byte[] bytes, int at) =>
        System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at, 4));
}
