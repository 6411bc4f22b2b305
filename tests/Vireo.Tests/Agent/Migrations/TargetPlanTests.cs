using Vireo.Agent;
using Vireo.Api;
using Phase = Vireo.Api.VirtualMachineInstancePhase;

namespace Vireo.Tests.Agent;

public sealed class TargetPlanTests
{
    private const string Here = "node2";
    private const string Endpoint = "unix:///node2/agent.sock";
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Disks_are_made_then_the_guest_is_invited()
    {
        Name(View(Asked)).ShouldBe(nameof(TargetStep.Prepare));
        Name(View(Asked) with { IsPrepared = true }).ShouldBe(nameof(TargetStep.Invite));
        Name(View(Ready) with { IsPrepared = true }).ShouldBe(nameof(TargetStep.None));
        Name(View(Begun) with { IsPrepared = true }).ShouldBe(nameof(TargetStep.None));
    }

    [Fact]
    public void An_agent_that_was_restarted_makes_itself_ready_anew_but_not_under_a_guest_that_comes()
    {
        Name(View(Ready)).ShouldBe(nameof(TargetStep.Prepare));
        Name(View(Begun)).ShouldBe(nameof(TargetStep.None));
        Name(View(Begun) with { Here = new(GuestPlace.Halted, IsMoving: true) }).ShouldBe(nameof(TargetStep.Wait));
    }

    [Fact]
    public void A_host_that_cannot_take_the_guest_says_why() =>
        TargetPlan.Next(View(Asked) with { Fault = "no such image" }).ShouldBe(new TargetStep.Fail("no such image"));

    [Theory]
    [InlineData("Unknown", nameof(TargetStep.Claim))]
    [InlineData("Absent", nameof(TargetStep.Claim))]
    [InlineData("Halted", nameof(TargetStep.Claim))]
    [InlineData("Running", nameof(TargetStep.Discard))]
    [InlineData("Paused", nameof(TargetStep.Discard))]
    public void A_guest_that_runs_here_is_this_hosts_unless_the_other_one_says_that_it_has_it(string there, string step)
    {
        var view = View(Begun) with { Here = new(GuestPlace.Running), RunsSince = Now };

        Name(view).ShouldBe(nameof(TargetStep.Wait), "the other host tells it first");
        Name(view with { RunsSince = Now - TargetPlan.Patience }).ShouldBe(nameof(TargetStep.Ask));
        Name(view with { RunsSince = Now - TargetPlan.Patience, There = Place(there) }).ShouldBe(step);
    }

    [Theory]
    [InlineData("Unknown", nameof(TargetStep.Wait))]
    [InlineData("Absent", nameof(TargetStep.Claim))]
    [InlineData("Halted", nameof(TargetStep.Wait))]
    [InlineData("Running", nameof(TargetStep.Discard))]
    public void After_a_move_that_failed_a_guest_that_runs_here_is_ended_only_if_the_other_host_has_it(
        string there,
        string step
    )
    {
        var view = View(Failed) with { Here = new(GuestPlace.Running) };

        Name(view).ShouldBe(nameof(TargetStep.Ask));
        Name(view with { There = Place(there) }).ShouldBe(step);
    }

    [Fact]
    public void After_a_move_that_failed_nothing_of_the_guest_stays_here()
    {
        Name(View(Failed) with { Here = new(GuestPlace.Halted), HasFolder = true })
            .ShouldBe(nameof(TargetStep.Discard));
        Name(View(Failed) with { HasFolder = true }).ShouldBe(nameof(TargetStep.Release));
        Name(View(Failed)).ShouldBe(nameof(TargetStep.None));
    }

    [Fact]
    public void A_guest_of_an_instance_that_has_ended_does_not_run_here_either()
    {
        var view = View(Begun) with { Here = new(GuestPlace.Running) };
        view = view with
        {
            Instance = view.Instance with { Status = view.Instance.Status! with { Phase = Phase.Failed } },
        };

        Name(view).ShouldBe(nameof(TargetStep.Discard));
    }

    [Fact]
    public void An_instance_that_is_bound_here_is_no_longer_on_its_way() =>
        Name(
                View(Begun with { EndTimestamp = Now, Completed = true }, boundTo: Here) with
                {
                    Here = new(GuestPlace.Running),
                }
            )
            .ShouldBe(nameof(TargetStep.None));

    [Fact]
    public void No_running_guest_is_ended_unless_the_other_host_has_it()
    {
        foreach (var view in Everything())
        {
            if (
                TargetPlan.Next(view) is TargetStep.Discard
                && view.Here.Place is GuestPlace.Running or GuestPlace.Paused
            )
            {
                if (TargetPlan.Next(view) is TargetStep.Discard)
                {
                    view.There.ShouldBeOneOf(GuestPlace.Running, GuestPlace.Paused);
                }
            }
        }
    }

    private static VirtualMachineInstanceMigrationState Asked { get; } =
        new()
        {
            MigrationUid = "m1",
            SourceNode = "node1",
            TargetNode = Here,
        };

    private static VirtualMachineInstanceMigrationState Ready { get; } = Asked with { TargetNodeAddress = Endpoint };

    private static VirtualMachineInstanceMigrationState Begun { get; } = Ready with { StartTimestamp = Now };

    private static VirtualMachineInstanceMigrationState Failed { get; } =
        Begun with
        {
            EndTimestamp = Now,
            Completed = true,
            Failed = true,
        };

    private static TargetView View(VirtualMachineInstanceMigrationState state, string boundTo = "node1") =>
        new()
        {
            Node = Here,
            Endpoint = Endpoint,
            Now = Now,
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

    private static IEnumerable<TargetView> Everything() =>
        from state in new[] { Asked, Ready, Begun, Failed }
        from here in Enum.GetValues<GuestPlace>()
        from there in Enum.GetValues<GuestPlace>().Cast<GuestPlace?>().Append(null)
        from age in new[] { TimeSpan.Zero, TargetPlan.Patience }
        from isPrepared in new[] { false, true }
        select View(state) with
        {
            Here = new(here),
            There = there,
            RunsSince = Now - age,
            IsPrepared = isPrepared,
        };

    private static GuestPlace Place(string name) => Enum.Parse<GuestPlace>(name);

    private static string Name(TargetView view) => TargetPlan.Next(view).GetType().Name;
}
