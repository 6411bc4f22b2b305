using Vireo.Agent;

namespace Vireo.Tests.Agent;

public sealed class LastWordTests
{
    [Theory]
    [InlineData(nameof(GuestPlace.Running), null, nameof(LastWordStep.Tell))]
    [InlineData(nameof(GuestPlace.Paused), null, nameof(LastWordStep.Tell))]
    [InlineData(nameof(GuestPlace.Absent), null, nameof(LastWordStep.Tell))]
    [InlineData(nameof(GuestPlace.Unknown), null, nameof(LastWordStep.Hold))]
    [InlineData(nameof(GuestPlace.Halted), null, nameof(LastWordStep.Ask))]
    [InlineData(nameof(GuestPlace.Halted), nameof(GuestPlace.Unknown), nameof(LastWordStep.Hold))]
    [InlineData(nameof(GuestPlace.Halted), nameof(GuestPlace.Absent), nameof(LastWordStep.Tell))]
    [InlineData(nameof(GuestPlace.Halted), nameof(GuestPlace.Running), nameof(LastWordStep.Yield))]
    [InlineData(nameof(GuestPlace.Halted), nameof(GuestPlace.Paused), nameof(LastWordStep.Yield))]
    [InlineData(nameof(GuestPlace.Halted), nameof(GuestPlace.Halted), nameof(LastWordStep.Hold))]
    public void A_lost_host_is_told_only_when_the_guest_cannot_run_there(string here, string? there, string step) =>
        LastWord
            .Next(Enum.Parse<GuestPlace>(here), there is null ? null : Enum.Parse<GuestPlace>(there), isWhole: true)
            .ToString()
            .ShouldBe(step);

    [Fact]
    public void A_guest_that_runs_there_on_memory_that_is_still_here_keeps_it() =>
        LastWord.Next(GuestPlace.Halted, GuestPlace.Running, isWhole: false).ShouldBe(LastWordStep.Hold);
}
