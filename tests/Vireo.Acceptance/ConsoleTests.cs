using System.Text;

namespace Vireo.Acceptance;

/// <summary>Consoles, screens and ports of running guests, through the API.</summary>
public sealed class ConsoleTests(VireoHost host)
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
    public async Task A_console_that_is_dropped_and_opened_again_has_missed_nothing()
    {
        await using var guest = await new Guest(host, "con-again").StartAsync();
        await guest.BootedAsync();
        await guest.RunInGuestAsync("(sleep 1; echo SAID-$((20+1))-MEANWHILE) & true");
        await Eventually.Holds(
            async () => (await guest.ConsoleLogAsync()).Contains("SAID-21-MEANWHILE", StringComparison.Ordinal),
            "the guest spoke while nobody listened"
        );

        await using var console = await guest.ConsoleAsync();

        await console.ReadUntilAsync("SAID-21-MEANWHILE");
        await console.SendAsync("\necho HEARD-$((40+2))\n");
        await console.ReadUntilAsync("HEARD-42");
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
    public async Task A_reader_that_stops_reading_does_not_stop_the_guest()
    {
        await using var guest = await new Guest(host, "con-slow").StartAsync();
        await guest.BootedAsync();
        await using var console = await guest.ConsoleAsync();

        await console.SendAsync(
            "\ni=0; while [ $i -lt 4000 ]; do echo $i-$i-$i-$i-$i-$i-$i-$i; i=$((i+1)); done; echo TALKED-$((40+2))\n"
        );

        await Eventually.Holds(
            async () => (await guest.ConsoleLogAsync()).Contains("TALKED-42", StringComparison.Ordinal),
            "the guest said all it had to say while nobody read"
        );
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
    public async Task A_port_of_the_guest_is_reached_through_the_api()
    {
        await using var guest = await new Guest(host, "con-port").StartAsync();
        await guest.BootedAsync();
        await guest.SeenAsync(
            sight => (string?)sight.Vmi?["status"]?["interfaces"]?[0]?["ipAddress"] is { Length: > 0 },
            "it has an address"
        );
        await guest.RunInGuestAsync("mkdir -p /srv; echo served-by-the-guest >/srv/index.html; httpd -p 8080 -h /srv");

        foreach (var path in (string[])[guest.StreamPath("portforward/8080"), guest.StreamPath("portforward/8080/tcp")])
        {
            await using var stream = await host.Api.OpenStreamAsync(path);
            await stream.SendAsync("GET /index.html HTTP/1.0\r\n\r\n");
            (await stream.ReadUntilAsync("served-by-the-guest")).ShouldStartWith("HTTP/1");
        }
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

    private static int Number(byte[] bytes, int at) =>
        System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at, 4));
}
