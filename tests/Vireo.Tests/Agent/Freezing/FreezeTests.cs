using System.Net;
using Vireo.Agent;
using Vireo.Api;

namespace Vireo.Tests.Agent;

/// <summary>Freezing over the agent's real socket, by a clock that stands.</summary>
public sealed class FreezeTests
{
    [Fact]
    public async Task A_frozen_guest_is_thawed_when_asked()
    {
        await using var room = await DoorRoom.OpenAsync();
        await OkAsync(room, "freeze", "unfreezeTimeout: 1h");
        room.Control.Frozen.ShouldBe([DoorRoom.Id]);
        room.Freeze.Read().ShouldNotBeNull().Id.ShouldBe(DoorRoom.Id);
        await OkAsync(room, "unfreeze");
        room.Control.Frozen.ShouldBeEmpty();
        room.Freeze.Read().ShouldBeNull();
    }

    [Theory]
    [InlineData(null, 300)]
    [InlineData("", 300)]
    [InlineData("{}", 300)]
    [InlineData("""{"unfreezeTimeout":"90s"}""", 90)]
    public async Task A_guest_that_nobody_thaws_is_thawed_in_time(string? body, int seconds)
    {
        var time = new ManualTimeProvider();
        await using var room = await DoorRoom.OpenAsync(time: time);
        await OkAsync(room, "freeze", body);
        room.Freeze.Read()!.Until.ShouldBe(time.GetUtcNow().AddSeconds(seconds));
        time.Advance(TimeSpan.FromSeconds(seconds - 1));
        room.Control.Frozen.ShouldNotBeEmpty();
        await Eventually.HoldsAsync(time, () => room.Control.Frozen.Count == 0);
        await Eventually.HoldsAsync(() => room.Freeze.Read() is null);
    }

    [Fact]
    public async Task An_agent_that_comes_back_thaws_what_is_due()
    {
        var time = new ManualTimeProvider();
        await using var room = await DoorRoom.OpenAsync(time: time);
        await OkAsync(room, "freeze");
        await room.StopDoorAsync();
        time.Advance(TimeSpan.FromMinutes(6));
        room.Control.Frozen.ShouldNotBeEmpty();
        await room.StartDoorAsync();
        await Eventually.HoldsAsync(() => room.Control.Frozen.Count == 0 && room.Freeze.Read() is null);
    }

    [Fact]
    public async Task A_guest_whose_agent_is_silent_is_thawed_as_soon_as_it_answers()
    {
        var time = new ManualTimeProvider();
        await using var room = await DoorRoom.OpenAsync(time: time);
        room.Control.AgentFault = new(GuestAgentFault.Silent, "silent");
        using (var answer = await room.PutAsync("freeze"))
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        }

        room.Freeze.Read().ShouldNotBeNull();
        time.Advance(ThawPlan.RetryAfter);
        room.Control.AgentFault = null;
        await Eventually.HoldsAsync(time, () => room.Freeze.Read() is null);
    }

    [Fact]
    public async Task A_freeze_that_is_refused_leaves_things_as_they_were()
    {
        await using var room = await DoorRoom.OpenAsync();
        room.Control.AgentFault = new(GuestAgentFault.Refused, "no");
        using (var answer = await room.PutAsync("freeze"))
        {
            (await DoorRoom.StatusAsync(answer)).Message.ShouldBe("no");
        }

        room.Freeze.Read().ShouldBeNull();
        room.Control.AgentFault = null;
        await OkAsync(room, "freeze", """{"unfreezeTimeout":"1h"}""");
        var kept = room.Freeze.Read();
        room.Control.AgentFault = new(GuestAgentFault.Refused, "no");
        using (await room.PutAsync("freeze"))
        {
            room.Freeze.Read().ShouldBe(kept);
        }
    }

    [Theory]
    [InlineData("""{"unfreezeTimeout":"soon"}""", "unfreezeTimeout: 'soon'")]
    [InlineData("""{"unfreezeTimeout":"-5m"}""", "unfreezeTimeout: '-5m'")]
    [InlineData("""{"unfreezeTimeout":5}""", "Can not unmarshal Request body to struct, error:")]
    [InlineData("{", "Can not unmarshal Request body to struct, error:")]
    public async Task A_body_that_makes_no_sense_is_refused(string body, string message)
    {
        await using var room = await DoorRoom.OpenAsync();
        using var answer = await room.PutAsync("freeze", body);
        var status = await DoorRoom.StatusAsync(answer);
        status.Code.ShouldBe(400);
        status.Message.ShouldNotBeNull().ShouldStartWith(message);
        room.Control.Frozen.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("0", 0d)]
    [InlineData("0s", 0d)]
    [InlineData("300ms", 0.3)]
    [InlineData("5m", 300d)]
    [InlineData("1h30m", 5400d)]
    [InlineData("1.5s", 1.5)]
    [InlineData("5m0s", 300d)]
    [InlineData("", null)]
    [InlineData("5", null)]
    [InlineData("m", null)]
    [InlineData("-1s", null)]
    [InlineData("1e3s", null)]
    [InlineData("5 m", null)]
    [InlineData("999999h", null)]
    public void Times_are_read_as_go_writes_them(string text, double? seconds) =>
        (GoDuration.Parse(text) is { } time ? time.TotalSeconds : (double?)null).ShouldBe(seconds);

    [Fact]
    public void What_is_due_is_thawed_what_failed_is_tried_again_later_and_what_never_is_due_stays()
    {
        var now = DateTimeOffset.UnixEpoch;
        FrozenGuest Guest(string name, double? until, double? failed = null) =>
            new(
                new(name, "ns", name, until is { } s ? now.AddSeconds(s) : null),
                failed is { } f ? now.AddSeconds(f) : null
            );

        ThawPlan.Next([], now).Wait.ShouldBeNull();
        ThawPlan.Next([Guest("for ever", null)], now).Wait.ShouldBeNull();
        var step = ThawPlan.Next(
            [
                Guest("due", 0),
                Guest("failed", -5, -4),
                Guest("retried", -60, -10),
                Guest("later", 30),
                Guest("ever", null),
            ],
            now
        );
        step.Due.Select(note => note.Name).ShouldBe(["due", "retried"]);
        step.Wait.ShouldBe(TimeSpan.FromSeconds(6));
    }

    private static async Task OkAsync(DoorRoom room, string action, string? body = null)
    {
        using var answer = await room.PutAsync(action, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }
}
