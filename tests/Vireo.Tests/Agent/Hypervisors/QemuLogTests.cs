using Vireo.Agent;
using Vireo.Rules;

namespace Vireo.Tests.Agent;

public sealed class QemuLogTests : IDisposable
{
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
        Find("2026-01-31T12:01:00Z").ShouldBe(state);
    }

    [Fact]
    public void A_run_before_the_intent_was_another_one()
    {
        Write(
            "2026-01-31 12:00:00.500+0000: starting up libvirt version: 9.0.0",
            "2026-01-31 12:00:05.000+0000: shutting down, reason=shutdown"
        );
        Find("2026-01-31T12:00:01Z").ShouldBeNull();
        Find("2026-01-31T12:00:00.4Z").ShouldBe(GuestState.ShutDown);
    }

    [Fact]
    public void A_run_whose_end_nobody_logged_ran_nevertheless()
    {
        Write("2026-01-31 12:00:00.500+0000: starting up libvirt version: 9.0.0", "char device redirected");
        Find("2026-01-31T12:00:00Z").ShouldBe(GuestState.Absent);
    }

    [Fact]
    public void Without_a_log_there_is_no_sign() =>
        QemuLog.FindEnd("/nowhere/x.log", DateTimeOffset.UnixEpoch).ShouldBeNull();

    private void Write(params string[] lines) => File.WriteAllLines(_log, lines);

    private GuestState? Find(string since) =>
        QemuLog.FindEnd(_log, DateTimeOffset.Parse(since, System.Globalization.CultureInfo.InvariantCulture));
}
