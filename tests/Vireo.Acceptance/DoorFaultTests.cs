namespace Vireo.Acceptance;

/// <summary>The way to the guests when clients, the daemon of libvirt, or Vireo itself go away in the midst.</summary>
[Collection(KilledCollection.Name)]
public sealed class DoorFaultTests(KilledHost host)
{
    private const int Streams = 50;

    /// <summary>
    /// Descriptors that Vireo may have more than before: it keeps idle connections to its own parts, two descriptors
    /// each, for the next request, and how many depends on chance. Far fewer than the two hundred streams that are
    /// dropped.
    /// </summary>
    private const int Kept = 12;

    [Fact]
    public async Task Streams_that_are_dropped_without_a_word_leave_nothing_open()
    {
        await using var guest = await new MicroGuest(host, "door-drops").StartAsync();
        await guest.BootedAsync();
        // Connections that are kept for the next request are as many after this as they will be.
        await DropStreamsAsync(guest, Streams);
        var process = await guest.ProcessAsync();
        var (before, ofGuest) = (Open(host.ProcessId), Open(process));

        await DropStreamsAsync(guest, Streams);
        await DropStreamsAsync(guest, Streams);

        await Eventually.Sees(
            () => Task.FromResult((Open(host.ProcessId), Open(process))),
            seen => seen.Item1 <= before + Kept && seen.Item2 <= ofGuest + 1,
            $"as few descriptors are open as before: {before} and {ofGuest}",
            timeoutSeconds: 30
        );
        await using var console = await guest.ConsoleAsync();
        await console.SendAsync(MicroGuest.Reboot);
        await console.ReadUntilAsync("RESET");
    }

    [Fact]
    public async Task An_action_while_libvirt_is_down_is_done_or_refused_and_never_half_done()
    {
        await using var guest = await new MicroGuest(host, "door-virtd").StartAsync("Manual", "Terminate");
        await guest.IsAsync("Stopped");
        (await guest.ActAsync("start")).ShouldBe(202);
        var before = await guest.BootedAsync();
        var process = await guest.ProcessAsync();

        foreach (var (action, undo) in ((string, string?)[])[("pause", "unpause"), ("reset", null)])
        {
            KillDaemon();
            var answer = await guest.ActOnInstanceAsync(action);
            answer.Code.ShouldBeOneOf(200, 503);
            if (answer.Code == 503)
            {
                answer.ShouldRefuse(503, "ServiceUnavailable", "libvirt");
            }

            if (undo is not null)
            {
                await guest.IsAsync(answer.Code == 200 ? "Paused" : "Running");
                (await guest.ProcessAsync()).ShouldBe(process);
                _ = answer.Code == 200 ? (await guest.ActOnInstanceAsync(undo)).ShouldBe(200) : null;
                await guest.IsAsync("Running");
            }
            else if (answer.Code == 200)
            {
                await guest.SeenAsync(sight => sight.Phase == "Succeeded", "the reset ended the run");
            }
        }

        if ((await guest.LookAsync()).Phase == "Running")
        {
            (await guest.LookAsync()).Uid.ShouldBe(before.Uid);
            (await guest.ActAsync("stop", """{"gracePeriod":2}""")).ShouldBe(202);
            KillDaemon();
            await guest.GoneAsync();
        }

        (await host.VirshAsync("list", "--all", "--name")).ShouldNotContain("default_door-virtd");
    }

    private static async Task DropStreamsAsync(MicroGuest guest, int count)
    {
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => DropAsync(guest, "vnc")));
        for (var index = 0; index < count; index++)
        {
            await DropAsync(guest, "console");
        }
    }

    /// <summary>A stream whose client is gone at once; a console may be taken by the one before still.</summary>
    private static async Task DropAsync(MicroGuest guest, string stream)
    {
        try
        {
            (await guest.OpenAsync(stream)).Abort();
        }
        catch (System.Net.WebSockets.WebSocketException)
        {
            // Refused: the place is not free yet.
        }
    }

    private static int Open(int process) => Directory.GetFileSystemEntries($"/proc/{process}/fd").Length;

    private void KillDaemon() =>
        ThisMachine.KillByFile(Path.Combine(host.StateFolder, "libvirt", "run", "libvirtd.pid"));
}
