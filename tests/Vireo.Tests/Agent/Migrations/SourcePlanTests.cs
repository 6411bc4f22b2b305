using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Phase = Vireo.Api.VirtualMachineInstancePhase;

namespace Vireo.Tests.Agent;

public sealed class SourcePlanTests
{
    private const string Here = "node1";
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Running", "Unknown", nameof(SourceStep.Fail))]
    [InlineData("Running", "Running", nameof(SourceStep.Fail))]
    [InlineData("Running", "Absent", nameof(SourceStep.Fail))]
    [InlineData("Paused", "Unknown", nameof(SourceStep.Fail))]
    [InlineData("Halted", "Unknown", nameof(SourceStep.Wait))]
    [InlineData("Halted", "Absent", nameof(SourceStep.Resume))]
    [InlineData("Halted", "Running", nameof(SourceStep.Complete))]
    [InlineData("Halted", "Paused", nameof(SourceStep.Complete))]
    [InlineData("Halted", "Halted", nameof(SourceStep.Wait))]
    [InlineData("Absent", "Unknown", nameof(SourceStep.Wait))]
    [InlineData("Absent", "Absent", nameof(SourceStep.Fail))]
    [InlineData("Absent", "Running", nameof(SourceStep.Complete))]
    [InlineData("Absent", "Paused", nameof(SourceStep.Complete))]
    [InlineData("Absent", "Halted", nameof(SourceStep.Wait))]
    public void A_move_that_nobody_carries_out_any_more_ends_as_the_two_hosts_say(
        string here,
        string there,
        string step
    )
    {
        var view = View(Begun) with { Here = new(Place(here)) };
        var asks = here is "Absent" or "Halted";

        Name(view).ShouldBe(asks ? nameof(SourceStep.Ask) : step);
        Name(view with { There = Place(there) }).ShouldBe(step);
    }

    [Fact]
    public void A_guest_whose_domain_ended_as_migrated_has_moved_whether_or_not_the_other_host_answers() =>
        Name(View(Begun) with { Here = new(GuestPlace.Absent), End = new(GuestState.Migrated) })
            .ShouldBe(nameof(SourceStep.Complete));

    [Theory]
    [InlineData(GuestState.Crashed)]
    [InlineData(GuestState.Failed)]
    [InlineData(GuestState.ShutDown)]
    [InlineData(GuestState.Absent)]
    public void A_guest_that_ended_here_in_another_way_is_looked_for_on_the_other_host(GuestState end) =>
        Name(View(Begun) with { Here = new(GuestPlace.Absent), End = new(end) }).ShouldBe(nameof(SourceStep.Ask));

    [Fact]
    public void What_went_wrong_is_told_and_an_agent_that_knows_nothing_says_that()
    {
        var view = View(Begun) with { Here = new(GuestPlace.Running) };

        Reason(view with { Fault = "the network is cut" }).ShouldBe("the network is cut");
        Reason(view).ShouldContain("was restarted");
    }

    [Fact]
    public void An_earlier_agents_move_that_still_goes_on_is_ended_first() =>
        Name(View(Begun) with { Here = new(GuestPlace.Running, IsMoving: true) }).ShouldBe(nameof(SourceStep.Abort));

    [Fact]
    public void A_guest_moves_when_the_other_host_is_ready_and_only_once()
    {
        var running = new GuestStand(GuestPlace.Running);

        Name(View(Asked) with { Here = running }).ShouldBe(nameof(SourceStep.None));
        Name(View(Ready) with { Here = running }).ShouldBe(nameof(SourceStep.Begin));
        Name(View(Ready) with { Here = new(GuestPlace.Paused) }).ShouldBe(nameof(SourceStep.Begin));
        Name(View(Ready) with { Here = running, HasBegun = true, IsRunning = true }).ShouldBe(nameof(SourceStep.Wait));
        Name(View(Ready) with { Here = running, HasBegun = true }).ShouldBe(nameof(SourceStep.Fail));
        Name(View(Ready) with { Here = new(GuestPlace.Absent) }).ShouldBe(nameof(SourceStep.Fail));
    }

    [Fact]
    public void A_move_that_is_not_wanted_any_more_is_given_up()
    {
        var view = View(Begun) with { Here = new(GuestPlace.Running), IsRunning = true };
        var cancelled = View(Begun with { AbortRequested = true }) with { Here = view.Here, IsRunning = true };
        var deleted = view with
        {
            Instance = view.Instance with { Metadata = view.Instance.Metadata with { DeletionTimestamp = Now } },
        };

        Name(view).ShouldBe(nameof(SourceStep.Wait));
        Name(cancelled).ShouldBe(nameof(SourceStep.Abort));
        Name(deleted).ShouldBe(nameof(SourceStep.Abort));
        Name(View(Ready with { AbortRequested = true })).ShouldBe(nameof(SourceStep.Fail));
    }

    [Theory]
    [InlineData("Absent", null, nameof(SourceStep.Release))]
    [InlineData("Unknown", null, nameof(SourceStep.Wait))]
    [InlineData("Halted", null, nameof(SourceStep.Ask))]
    [InlineData("Running", null, nameof(SourceStep.Ask))]
    [InlineData("Halted", "Running", nameof(SourceStep.Destroy))]
    [InlineData("Halted", "Paused", nameof(SourceStep.Destroy))]
    [InlineData("Halted", "Unknown", nameof(SourceStep.Wait))]
    [InlineData("Halted", "Absent", nameof(SourceStep.Wait))]
    [InlineData("Running", "Unknown", nameof(SourceStep.Wait))]
    [InlineData("Running", "Absent", nameof(SourceStep.Wait))]
    public void What_stayed_behind_goes_only_when_the_guest_is_seen_on_the_other_host(
        string here,
        string? there,
        string step
    )
    {
        var view = View(Begun with { EndTimestamp = Now, Completed = true }, boundTo: "node2") with
        {
            Here = new(Place(here)),
            There = there is null ? null : Place(there),
        };

        Name(view).ShouldBe(step);
    }

    [Fact]
    public void An_instance_that_is_bound_here_and_does_not_move_is_none_of_its_business()
    {
        Name(View(Begun with { EndTimestamp = Now })).ShouldBe(nameof(SourceStep.None));
        Name(View(Begun with { SourceNode = "node3" })).ShouldBe(nameof(SourceStep.None));
    }

    [Fact]
    public void No_domain_is_ended_unless_the_other_host_has_the_guest()
    {
        foreach (var view in Everything())
        {
            if (SourcePlan.Next(view) is SourceStep.Destroy)
            {
                view.There.ShouldBeOneOf(GuestPlace.Running, GuestPlace.Paused);
                view.Instance.Status!.NodeName.ShouldNotBe(Here);
            }

            if (SourcePlan.Next(view) is SourceStep.Release)
            {
                view.Here.Place.ShouldBe(GuestPlace.Absent);
                view.Instance.Status!.NodeName.ShouldNotBe(Here);
            }
        }
    }

    private static VirtualMachineInstanceMigrationState Asked { get; } =
        new()
        {
            MigrationUid = "m1",
            SourceNode = Here,
            TargetNode = "node2",
        };

    private static VirtualMachineInstanceMigrationState Ready { get; } =
        Asked with
        {
            TargetNodeAddress = "unix:///node2/agent.sock",
        };

    private static VirtualMachineInstanceMigrationState Begun { get; } = Ready with { StartTimestamp = Now };

    private static SourceView View(VirtualMachineInstanceMigrationState state, string boundTo = Here) =>
        new()
        {
            Node = Here,
            Instance = Samples.Instance with
            {
                Status = new()
                {
                    Phase = Phase.Running,
                    NodeName = boundTo,
                    MigrationState = state,
                },
            },
        };

    private static IEnumerable<SourceView> Everything() =>
        from state in new[]
        {
            Asked,
            Ready,
            Begun,
            Begun with
            {
                EndTimestamp = Now,
            },
            Begun with
            {
                AbortRequested = true,
            },
        }
        from boundTo in new[] { Here, "node2" }
        from here in Enum.GetValues<GuestPlace>()
        from there in Enum.GetValues<GuestPlace>().Cast<GuestPlace?>().Append(null)
        from isMoving in new[] { false, true }
        from isRunning in new[] { false, true }
        select View(state, boundTo) with
        {
            Here = new(here, isMoving),
            There = there,
            IsRunning = isRunning,
        };

    private static GuestPlace Place(string name) => Enum.Parse<GuestPlace>(name);

    private static string Name(SourceView view) => SourcePlan.Next(view).GetType().Name;

    private static string Reason(SourceView view) => SourcePlan.Next(view).ShouldBeOfType<SourceStep.Fail>().Reason;
}
