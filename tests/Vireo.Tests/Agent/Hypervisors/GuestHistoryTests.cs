using Vireo.Agent;
using Vireo.Libvirt;

namespace Vireo.Tests.Agent;

/// <summary>Which of QEMU's resets are reboots.</summary>
public sealed class GuestHistoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly GuestHistory _history = new(new ManualTimeProvider());

    [Fact]
    public void The_resets_of_firmware_are_one_with_the_reboot_before_them()
    {
        Reset(0, "guest-reset").ShouldBeTrue();
        Reset(0.8, "guest-reset").ShouldBeFalse();
        Reset(1.6, "guest-reset").ShouldBeFalse();

        _history.FindReset("web").ShouldBe(new GuestReset(Start, IsByHost: false));
    }

    [Fact]
    public void A_reset_that_a_user_wanted_counts_however_fast_it_follows()
    {
        Reset(0, "guest-reset");
        Reset(0.5, "host-qmp-system-reset").ShouldBeTrue();
        Reset(0.6, "guest-reset").ShouldBeFalse();

        _history.FindReset("web").ShouldBe(new GuestReset(Start.AddSeconds(0.5), IsByHost: true));
    }

    private bool Reset(double second, string reason) =>
        _history.Add(
            new MonitorEvent(
                new("web", Guid.Empty, 1),
                "RESET",
                Start.AddSeconds(second),
                $$"""{"guest": false, "reason": "{{reason}}"}"""
            )
        );
}
