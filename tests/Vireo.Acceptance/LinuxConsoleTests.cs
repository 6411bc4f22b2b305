using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Vireo.Acceptance;

/// <summary>The console and the ports of a guest with an operating system.</summary>
[Collection(LinuxGuestCollection.Name)]
public sealed partial class LinuxConsoleTests(VireoHost host, LinuxGuest linux)
{
    [Fact]
    public async Task A_console_that_is_dropped_and_opened_again_has_missed_nothing()
    {
        var guest = linux.Guest;
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
    public async Task A_reader_that_stops_reading_does_not_stop_the_guest()
    {
        var guest = linux.Guest;
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
    public async Task A_port_of_the_guest_is_reached_through_the_api()
    {
        var guest = linux.Guest;
        foreach (var path in (string[])[guest.StreamPath("portforward/8080"), guest.StreamPath("portforward/8080/tcp")])
        {
            await using var stream = await host.Api.OpenStreamAsync(path);
            await stream.SendAsync("GET /index.html HTTP/1.0\r\n\r\n");
            (await stream.ReadUntilAsync("served-by-the-guest")).ShouldStartWith("HTTP/1");
        }
    }

    [Fact]
    public async Task The_port_forward_command_opens_a_port_of_this_host()
    {
        await using var terminal = new Terminal(host, "port-forward", $"vmi/{linux.Guest.Name}", "0:8080");
        var port = await ForwardedPortAsync(terminal);

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await client.GetStream().WriteAsync("GET /index.html HTTP/1.0\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(client.GetStream());
        (await reader.ReadToEndAsync()).ShouldContain("served-by-the-guest");
        await terminal.TypeAsync("\x03");
        await terminal.ExitCodeAsync();
    }

    private static async Task<int> ForwardedPortAsync(Terminal terminal)
    {
        var shown = await Eventually.Sees(
            () => Task.FromResult(Forwarding().Match(terminal.ToString())),
            match => match.Success,
            "the command tells the port"
        );
        return int.Parse(shown.Groups["port"].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"127\.0\.0\.1:(?<port>\d+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Forwarding();
}
