using System.Net.WebSockets;
using System.Text;
using Vireo.Api;

namespace Vireo.Tests.Agent;

/// <summary>A guest's serial console over the agent's real socket; the guest is played.</summary>
public sealed class ConsoleTests
{
    [Fact]
    public async Task A_late_reader_sees_the_boot_and_then_what_is_written_live()
    {
        await using var room = await DoorRoom.OpenAsync();
        using var guest = new PlayedConsole(room.Paths.ConsoleSocket, room.Paths.ConsoleLog);
        guest.Write("BOOT\n");
        using var client = await room.DialAsync("console");
        (await client.ReadUntilAsync("BOOT\n")).ShouldBe("BOOT\n");
        await Eventually.HoldsAsync(() => guest.HasClient);
        guest.Write("login: ");
        (await client.ReadUntilAsync("login: ")).ShouldBe("login: ");
    }

    [Fact]
    public async Task What_the_guest_asked_its_terminal_is_not_asked_again_of_a_late_one()
    {
        await using var room = await DoorRoom.OpenAsync();
        using var guest = new PlayedConsole(room.Paths.ConsoleSocket, room.Paths.ConsoleLog);
        guest.Write("\e[1;31mred\e[0m \e[6n\e[>0cprompt# "u8);
        using var client = await room.DialAsync("console");
        (await client.ReadUntilAsync("prompt# ")).ShouldBe("\e[1;31mred\e[0m prompt# ");
        await Eventually.HoldsAsync(() => guest.HasClient);
        guest.Write("\e[6n?");
        (await client.ReadUntilAsync("?")).ShouldBe("\e[6n?");
    }

    [Fact]
    public async Task What_the_client_types_reaches_the_guest()
    {
        await using var room = await DoorRoom.OpenAsync();
        using var guest = new PlayedConsole(room.Paths.ConsoleSocket, room.Paths.ConsoleLog);
        using var client = await room.DialAsync("console");
        await client.WriteAsync("ls\n");
        await client.SendAsync("text is dropped"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        await client.WriteAsync("exit\n");
        await Eventually.HoldsAsync(() => guest.ReceivedCount == "ls\nexit\n".Length);
        Encoding.ASCII.GetString(guest.Received.ToArray()).ShouldBe("ls\nexit\n");
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_while_a_client_attaches_to_a_guest_that_floods_its_console()
    {
        await using var room = await DoorRoom.OpenAsync();
        using var guest = new PlayedConsole(room.Paths.ConsoleSocket, room.Paths.ConsoleLog);
        var count = 0;
        void Write(int lines)
        {
            for (var end = count + lines; count < end; )
            {
                guest.Write(Line(count++));
            }
        }

        Write(20_000);
        using var stop = new CancellationTokenSource();
        var flood = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Write(10);
            }
        });
        using var client = await room.DialAsync("console");
        var text = new StringBuilder(await client.ReadUntilAsync(read => read.Length > 1_000_000));
        await stop.CancelAsync();
        await flood;
        var last = Line(count - 1);
        if (!text.ToString().EndsWith(last, StringComparison.Ordinal))
        {
            text.Append(await client.ReadUntilAsync(last));
        }

        var lines = text.ToString().TrimEnd('\n').Split('\n').Select(line => int.Parse(line[5..])).ToList();
        lines[0].ShouldBeGreaterThan(0);
        lines.ShouldBe(Enumerable.Range(lines[0], lines.Count));
        lines[^1].ShouldBe(count - 1);
    }

    [Fact]
    public async Task A_client_that_does_not_read_never_holds_up_the_guest()
    {
        await using var room = await DoorRoom.OpenAsync();
        using var guest = new PlayedConsole(room.Paths.ConsoleSocket, room.Paths.ConsoleLog);
        using var client = await room.DialAsync("console");
        await Eventually.HoldsAsync(() => guest.HasClient);
        var mebibyte = new byte[1 << 20];
        await Task.Run(() =>
            {
                for (var index = 0; index < 16; index++)
                {
                    guest.Write(mebibyte);
                }
            })
            .WaitAsync(TimeSpan.FromSeconds(60));
        new FileInfo(room.Paths.ConsoleLog).Length.ShouldBe(16 << 20);
    }

    [Fact]
    public async Task A_guest_that_does_not_read_slows_its_client_and_then_gets_all()
    {
        await using var room = await DoorRoom.OpenAsync();
        var reads = new TaskCompletionSource();
        using var guest = new PlayedConsole(room.Paths.ConsoleSocket, room.Paths.ConsoleLog) { Reads = reads.Task };
        using var client = await room.DialAsync("console");
        const int bytes = 8 << 20;
        var typing = Task.Run(async () =>
        {
            for (var sent = 0; sent < bytes; sent += 1 << 16)
            {
                await client.WriteAsync(new byte[1 << 16]);
            }
        });
        guest.Write("still writes");
        await client.ReadUntilAsync("still writes");
        typing.IsCompleted.ShouldBeFalse();
        reads.SetResult();
        await typing;
        await Eventually.HoldsAsync(() => guest.ReceivedCount == bytes);
    }

    [Fact]
    public async Task A_second_console_is_refused_until_the_first_leaves()
    {
        await using var room = await DoorRoom.OpenAsync();
        using var guest = new PlayedConsole(room.Paths.ConsoleSocket, room.Paths.ConsoleLog);
        using (var first = await room.DialAsync("console"))
        {
            var refusal = await room.RefusalAsync("console");
            refusal.Code.ShouldBe(409);
            refusal.Message.ShouldBe(
                "Operation cannot be fulfilled on virtualmachineinstance.kubevirt.io \"tiny\": "
                    + "Active console connection. Request denied."
            );
            guest.Write("first still sees\n");
            await first.ReadUntilAsync("first still sees\n");
            await first.LeaveAsync();
            first.CloseStatus.ShouldBe(WebSocketCloseStatus.NormalClosure);
        }

        using var second = await room.DialAsync("console");
        (await second.ReadUntilAsync("sees\n")).ShouldBe("first still sees\n");
    }

    [Fact]
    public async Task The_place_of_a_client_that_died_is_free_again()
    {
        await using var room = await DoorRoom.OpenAsync();
        using var guest = new PlayedConsole(room.Paths.ConsoleSocket, room.Paths.ConsoleLog);
        using (var first = await room.DialAsync("console"))
        {
            await Eventually.HoldsAsync(() => guest.HasClient);
            first.Abort();
        }

        await Eventually.HoldsAsync(() => !guest.HasClient);
        using var second = await room.DialAsync("console");
        await second.WriteAsync("back");
        await Eventually.HoldsAsync(() => guest.ReceivedCount == 4);
    }

    [Fact]
    public async Task A_guest_that_ends_ends_its_console_after_its_last_words()
    {
        await using var room = await DoorRoom.OpenAsync();
        var guest = new PlayedConsole(room.Paths.ConsoleSocket, room.Paths.ConsoleLog);
        using var client = await room.DialAsync("console");
        await Eventually.HoldsAsync(() => guest.HasClient);
        guest.Write("Power down.\n");
        guest.Dispose();
        (await client.ReadToEndAsync()).ShouldBe("Power down.\n");
        client.CloseStatus.ShouldBe(WebSocketCloseStatus.NormalClosure);
    }

    [Fact]
    public async Task An_agent_that_stops_says_goodbye_to_clients_and_nothing_to_guests()
    {
        await using var room = await DoorRoom.OpenAsync();
        using var guest = new PlayedConsole(room.Paths.ConsoleSocket, room.Paths.ConsoleLog);
        guest.Write("hello\n");
        using var client = await room.DialAsync("console");
        await client.ReadUntilAsync("hello\n");
        var stopping = room.StopDoorAsync();
        await client.ReadToEndAsync();
        client.CloseStatus.ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
        await client.LeaveAsync();
        await stopping;
        File.Exists(room.SocketPath).ShouldBeFalse();
        (await room.Hypervisor.ObserveAsync(DoorRoom.Id.Key, CancellationToken.None)).ShouldNotBeNull();

        await room.StartDoorAsync();
        using var again = await room.DialAsync("console");
        (await again.ReadUntilAsync("hello\n")).ShouldBe("hello\n");
    }

    [Fact]
    public async Task A_console_without_a_log_is_served_live()
    {
        await using var room = await DoorRoom.OpenAsync(
            WithDevices(devices => devices with { LogSerialConsole = false })
        );
        using var guest = new PlayedConsole(room.Paths.ConsoleSocket, log: null);
        guest.Write("nobody hears\n");
        using var client = await room.DialAsync("console");
        await Eventually.HoldsAsync(() => guest.HasClient);
        guest.Write("live\n");
        (await client.ReadUntilAsync("live\n")).ShouldBe("live\n");
    }

    [Fact]
    public async Task A_guest_without_a_console_or_without_a_process_says_so_before_the_stream_opens()
    {
        await using (var room = await DoorRoom.OpenAsync())
        {
            (await room.RefusalAsync("console")).Message.ShouldNotBeNull().ShouldStartWith("VMI is not running");
        }

        await using var without = await DoorRoom.OpenAsync(
            WithDevices(devices => devices with { AutoattachSerialConsole = false })
        );
        var refusal = await without.RefusalAsync("console");
        refusal.Code.ShouldBe(400);
        refusal.Message.ShouldBe("No serial consoles are present.");
    }

    internal static Func<VirtualMachineInstance, VirtualMachineInstance> WithDevices(Func<Devices, Devices> change) =>
        instance =>
            instance with
            {
                Spec = instance.Spec with
                {
                    Domain = instance.Spec.Domain with { Devices = change(instance.Spec.Domain.Devices) },
                },
            };

    private static string Line(int number) => $"line {number:D7} of a guest that has much to say\n"[..12] + "\n";
}
