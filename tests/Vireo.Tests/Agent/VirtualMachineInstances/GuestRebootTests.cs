using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Agent;

public sealed class GuestRebootTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, 700, TimeSpan.Zero);

    private static StartIntent Run { get; } = new("u", "default", "tiny", Now.AddMinutes(-10));

    [Theory]
    [InlineData(nameof(EndCause.GuestReboot), null, 0, "GuestRequest")]
    [InlineData(nameof(EndCause.GuestReboot), "SoftReboot", 60, "SoftReboot")]
    [InlineData(nameof(EndCause.GuestReboot), "Reset", 1, "Reset")]
    [InlineData(nameof(EndCause.GuestReboot), "SoftReboot", 3600, "GuestRequest")]
    [InlineData(nameof(EndCause.HostReset), null, 0, "Reset")]
    [InlineData(nameof(EndCause.GuestShutdown), null, 0, null)]
    [InlineData(nameof(EndCause.GuestShutdown), "SoftReboot", 60, "SoftReboot")]
    [InlineData(nameof(EndCause.GuestShutdown), "SoftReboot", 3600, null)]
    [InlineData(nameof(EndCause.GuestShutdown), "SoftReboot", -5, null)]
    [InlineData(nameof(EndCause.Unknown), "SoftReboot", 60, "SoftReboot")]
    [InlineData(nameof(EndCause.Unknown), null, 0, null)]
    public void What_ended_a_guest_and_what_was_asked_of_it_say_whether_it_rebooted(
        string cause,
        string? asked,
        int secondsBefore,
        string? source
    )
    {
        var end = new GuestEnd(GuestState.ShutDown, Enum.Parse<EndCause>(cause), Now);
        var reboot = GuestReboot.Of(end, Asked(asked, secondsBefore, endsGuest: true), Now);
        reboot?.Source.ToString().ShouldBe(source);
        (reboot is null).ShouldBe(source is null);
    }

    [Fact]
    public void A_guest_that_was_to_start_over_and_shut_down_did_not_reboot() =>
        GuestReboot
            .Of(new(GuestState.ShutDown, EndCause.GuestShutdown, Now), Asked("SoftReboot", 5, endsGuest: false), Now)
            .ShouldBeNull();

    [Theory]
    [InlineData(GuestState.Crashed)]
    [InlineData(GuestState.Destroyed)]
    [InlineData(GuestState.Absent)]
    public void A_guest_that_did_not_go_off_did_not_reboot(GuestState state) =>
        GuestReboot.Of(new(state), Asked("Reset", 1, endsGuest: true), Now).ShouldBeNull();

    [Theory]
    [InlineData(false, null, "GuestRequest")]
    [InlineData(true, null, "Reset")]
    [InlineData(true, "SoftReboot", "SoftReboot")]
    [InlineData(false, "SoftReboot", "SoftReboot")]
    [InlineData(true, "Reset", "Reset")]
    public void A_guest_that_started_over_tells_who_wanted_it(bool isByHost, string? asked, string source)
    {
        var news = GuestReboot.News(null, new(Now, isByHost), Run, Asked(asked, 3, endsGuest: false)).ShouldNotBeNull();
        news.Source.ToString().ShouldBe(source);
        news.At.ShouldBe(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void A_reboot_that_was_told_or_was_before_this_run_is_no_news()
    {
        var seen = new GuestReset(Now, IsByHost: false);
        var status = InstanceReport.Rebooted(new(), GuestReboot.News(null, seen, Run, null)!);
        var told = Conditions.Find(status.Conditions, "GuestRebooted").ShouldNotBeNull();
        (told.Status, told.Reason).ShouldBe(("True", "GuestRequest"));
        GuestReboot.News(told, seen, Run, null).ShouldBeNull();
        GuestReboot.News(null, null, Run, null).ShouldBeNull();
        GuestReboot.News(null, seen, Run with { At = Now.AddSeconds(1) }, null).ShouldBeNull();

        var next = GuestReboot.News(told, new(Now.AddSeconds(3), IsByHost: true), Run, null).ShouldNotBeNull();
        status = InstanceReport.Rebooted(status, next);
        var again = status.Conditions!.Single();
        (again.Reason, again.LastTransitionTime).ShouldBe(("Reset", next.At));
    }

    [Fact]
    public void A_reset_in_the_second_of_the_last_reboot_is_told_as_later_and_only_once()
    {
        var seen = new GuestReset(Now, IsByHost: true);
        var told = new Condition
        {
            Type = "GuestRebooted",
            Status = "True",
            LastTransitionTime = Now.AddMilliseconds(-700),
        };

        var news = GuestReboot.News(told, seen, Run, Asked("Reset", 0, endsGuest: false)).ShouldNotBeNull();

        news.At.ShouldBe(told.LastTransitionTime.Value.AddSeconds(1));
        GuestReboot.News(told with { LastTransitionTime = news.At }, seen, Run, null).ShouldBeNull();
    }

    [Theory]
    [InlineData("Reset", 2, false, null, null)]
    [InlineData("SoftReboot", 4, false, null, null)]
    [InlineData("Reset", 6, false, null, "GuestRequest")]
    [InlineData("GuestRequest", 2, false, null, "GuestRequest")]
    [InlineData("Reset", 2, true, null, "Reset")]
    [InlineData("Reset", 2, false, "SoftReboot", "SoftReboot")]
    public void A_reset_by_firmware_soon_after_a_wanted_reboot_is_part_of_it(
        string told,
        int secondsLater,
        bool isByHost,
        string? asked,
        string? news
    )
    {
        var condition = new Condition
        {
            Type = "GuestRebooted",
            Status = "True",
            Reason = told,
            LastTransitionTime = Now.AddSeconds(-secondsLater),
        };

        var reboot = GuestReboot.News(condition, new(Now, isByHost), Run, Asked(asked, 1, endsGuest: false));

        (reboot?.Source.ToString()).ShouldBe(news);
    }

    private static RebootIntent? Asked(string? source, int secondsBefore, bool endsGuest) =>
        source is null ? null : new(Enum.Parse<RebootSource>(source), Now.AddSeconds(-secondsBefore), endsGuest);
}
