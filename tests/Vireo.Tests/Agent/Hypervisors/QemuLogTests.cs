using Vireo.Agent;
using Vireo.Rules;

namespace Vireo.Tests.Agent;

public sealed class QemuLogTests : IDisposable
{
    private const string Starts = "2026-01-31 12:00:00.500+0000: starting up libvirt version: 9.0.0";
    private const string Arguments = "-trace runstate_set \\";
    private const string Runs =
        "7@1795260456.346605:runstate_set current_run_state 6 (prelaunch) new_state 9 (running)";
    private const string Request = "8@1795260460.415789:qemu_system_shutdown_request reason=6";
    private const string Off = "7@1795260460.415954:runstate_set current_run_state 9 (running) new_state 11 (shutdown)";
    private const string LibvirtSignal =
        "2026-01-31T12:00:05.0Z qemu-system-x86_64: terminating on signal 15 from pid 9 (/usr/sbin/libvirtd)";
    private const string UnknownSignal =
        "2026-01-31T12:00:05.0Z qemu-system-x86_64: terminating on signal 15 from pid 9 (<unknown process>)";
    private const string StrangerSignal =
        "2026-01-31T12:00:05.0Z qemu-system-x86_64: terminating on signal 15 from pid 1 (/sbin/init)";

    private readonly string _log = Path.GetTempFileName();

    public void Dispose() => File.Delete(_log);

    [Theory]
    [InlineData("shutdown", GuestState.ShutDown)]
    [InlineData("destroyed", GuestState.Destroyed)]
    [InlineData("crashed", GuestState.Crashed)]
    [InlineData("failed", GuestState.Failed)]
    [InlineData("migrated", GuestState.Migrated)]
    [InlineData("saved", GuestState.Saved)]
    [InlineData("daemon", GuestState.Absent)]
    public void The_reason_of_the_last_run_is_found(string reason, GuestState state)
    {
        Write(
            "2026-01-31 12:00:00.500+0000: starting up libvirt version: 9.0.0, qemu version: 7.2.22",
            "2026-01-31 12:00:05.000+0000: shutting down, reason=crashed",
            "2026-01-31 12:01:00.500+0000: starting up libvirt version: 9.0.0, qemu version: 7.2.22",
            "LC_ALL=C /usr/bin/qemu-system-x86_64 \\",
            $"2026-01-31 12:01:05.000+0000: shutting down, reason={reason}"
        );
        Find("2026-01-31T12:01:00Z")!.State.ShouldBe(state);
    }

    [Theory]
    [InlineData(nameof(EndCause.GuestShutdown), Request, Off, LibvirtSignal)]
    [InlineData(nameof(EndCause.GuestReboot), Off, LibvirtSignal)]
    [InlineData(nameof(EndCause.Unknown), LibvirtSignal)]
    [InlineData(nameof(EndCause.Unknown), UnknownSignal)]
    public void A_guest_that_was_traced_tells_a_shutdown_from_a_reboot(string cause, params string[] lines)
    {
        string[] traced = cause == nameof(EndCause.Unknown) ? [] : [Runs];
        Write([Starts, Arguments, .. traced, .. lines, "2026-01-31 12:00:05.250+0000: shutting down, reason=shutdown"]);
        Find("2026-01-31T12:00:00Z")
            .ShouldBe(
                new GuestEnd(
                    GuestState.ShutDown,
                    Enum.Parse<EndCause>(cause),
                    new(2026, 1, 31, 12, 0, 5, 250, TimeSpan.Zero)
                )
            );
    }

    [Theory]
    [InlineData(StrangerSignal)]
    [InlineData(Runs, UnknownSignal)]
    [InlineData(Runs, StrangerSignal, Off)]
    public void A_guest_whose_process_was_told_to_end_did_not_shut_down(params string[] lines)
    {
        Write([Starts, Arguments, .. lines, "2026-01-31 12:00:05.000+0000: shutting down, reason=shutdown"]);
        var end = Find("2026-01-31T12:00:00Z").ShouldNotBeNull();
        (end.State, end.Cause).ShouldBe((GuestState.Destroyed, EndCause.HostSignal));
    }

    [Fact]
    public void A_guest_that_was_off_when_its_host_died_had_ended()
    {
        Write(Starts, Arguments, Runs, Request, Off);
        Find("2026-01-31T12:00:00Z").ShouldBe(new GuestEnd(GuestState.ShutDown, EndCause.GuestShutdown));
        Write(Starts, Arguments, Runs);
        Find("2026-01-31T12:00:00Z").ShouldBe(new GuestEnd(GuestState.Absent));
    }

    [Fact]
    public void A_run_before_the_intent_was_another_one()
    {
        Write(
            "2026-01-31 12:00:00.500+0000: starting up libvirt version: 9.0.0",
            "2026-01-31 12:00:05.000+0000: shutting down, reason=shutdown"
        );
        Find("2026-01-31T12:00:01Z").ShouldBeNull();
        Find("2026-01-31T12:00:00.4Z")!.State.ShouldBe(GuestState.ShutDown);
    }

    [Fact]
    public void A_run_whose_end_nobody_logged_ran_nevertheless()
    {
        Write("2026-01-31 12:00:00.500+0000: starting up libvirt version: 9.0.0", "char device redirected");
        Find("2026-01-31T12:00:00Z").ShouldBe(new GuestEnd(GuestState.Absent));
    }

    [Fact]
    public void Without_a_log_there_is_no_sign() =>
        QemuLog.FindEnd("/nowhere/x.log", DateTimeOffset.UnixEpoch).ShouldBeNull();

    private void Write(params string[] lines) => File.WriteAllLines(_log, lines);

    private GuestEnd? Find(string since) =>
        QemuLog.FindEnd(_log, DateTimeOffset.Parse(since, System.Globalization.CultureInfo.InvariantCulture));
}
