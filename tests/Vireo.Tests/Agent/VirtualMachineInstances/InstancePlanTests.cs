using System.Text.RegularExpressions;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Tests.House;
using Vireo.Tests.Rules;
using Phase = Vireo.Api.VirtualMachineInstancePhase;

namespace Vireo.Tests.Agent;

public sealed class InstancePlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_table_in_the_doc_comment_is_what_the_plan_does()
    {
        var rows = DocTable();
        rows.Count.ShouldBe(5);
        foreach (var (wanted, cells) in rows)
        {
            cells.Count.ShouldBe(4);
            foreach (var (seen, cell) in ((string[])["nothing", "its", "other", "stranger"]).Zip(cells))
            {
                (wanted, seen, string.Join(", ", Outcomes(wanted, seen))).ShouldBe((wanted, seen, cell));
            }
        }
    }

    [Theory]
    [InlineData(Phase.Scheduled, null, nameof(Step.Start))]
    [InlineData(Phase.Scheduled, GuestState.Failed, nameof(Step.Start))]
    [InlineData(Phase.Scheduled, GuestState.ShutDown, nameof(Step.Finish))]
    [InlineData(Phase.Scheduled, GuestState.Crashed, nameof(Step.Finish))]
    [InlineData(Phase.Scheduled, GuestState.Absent, nameof(Step.Finish))]
    [InlineData(Phase.Running, null, nameof(Step.Finish))]
    [InlineData(Phase.Running, GuestState.Failed, nameof(Step.Finish))]
    [InlineData(Phase.Unknown, null, nameof(Step.Finish))]
    [InlineData(Phase.Pending, null, nameof(Step.None))]
    [InlineData(Phase.Scheduling, null, nameof(Step.None))]
    public void A_domain_is_started_only_if_there_is_no_sign_that_it_ran(Phase phase, GuestState? end, string step) =>
        Name(
                InstancePlan.Next(
                    new()
                    {
                        Wanted = Instance(phase),
                        End = EndOf(end),
                        Now = Now,
                    }
                )
            )
            .ShouldBe(step);

    [Theory]
    [InlineData(GuestState.ShutDown, Phase.Succeeded)]
    [InlineData(GuestState.Crashed, Phase.Failed)]
    [InlineData(GuestState.Failed, Phase.Failed)]
    [InlineData(null, Phase.Failed)]
    public void How_a_guest_ended_decides_its_last_phase(GuestState? end, Phase phase) =>
        InstancePlan
            .Next(
                new()
                {
                    Wanted = Instance(Phase.Running),
                    End = EndOf(end),
                    Now = Now,
                }
            )
            .ShouldBe(new Step.Finish(phase));

    [Fact]
    public void A_guest_is_asked_to_shut_down_until_its_grace_period_is_over()
    {
        Stop(age: 0, grace: 60).ShouldBeOfType<Step.ShutDown>();
        Stop(age: 59, grace: 60).ShouldBeOfType<Step.ShutDown>();
        Stop(age: 60, grace: 60).ShouldBeOfType<Step.Destroy>();
        Stop(age: 29, grace: null).ShouldBeOfType<Step.ShutDown>();
        Stop(age: 30, grace: null).ShouldBeOfType<Step.Destroy>();
        Stop(age: 0, grace: 0).ShouldBeOfType<Step.Destroy>();
        Stop(age: 1_000_000, grace: long.MaxValue).ShouldBeOfType<Step.ShutDown>();
    }

    [Fact]
    public void A_guest_without_a_power_button_is_ended_at_once()
    {
        var instance = Deleted(Instance(Phase.Running), age: 0);
        instance = instance with
        {
            Spec = instance.Spec with
            {
                Domain = instance.Spec.Domain with { Features = new() { Acpi = new() { Enabled = false } } },
            },
        };
        InstancePlan
            .Next(
                new()
                {
                    Wanted = instance,
                    Seen = Domain(Uid),
                    Now = Now,
                }
            )
            .ShouldBeOfType<Step.Destroy>();
    }

    [Fact]
    public void A_guest_that_was_killed_when_its_time_was_over_has_failed() =>
        InstancePlan
            .Next(
                new()
                {
                    Wanted = Deleted(Instance(Phase.Running), age: 31),
                    End = new(GuestState.Destroyed),
                    Now = Now,
                }
            )
            .ShouldBe(new Step.Finish(Phase.Failed));

    [Fact]
    public void A_grace_period_that_is_shortened_while_the_guest_shuts_down_counts_at_once()
    {
        Stop(age: 10, grace: 60).ShouldBeOfType<Step.ShutDown>();
        Stop(age: 10, grace: 5).ShouldBeOfType<Step.Destroy>();
        Stop(age: 10, grace: 0).ShouldBeOfType<Step.Destroy>();
    }

    [Theory]
    [InlineData(Phase.Running, null, nameof(Step.Finish))]
    [InlineData(Phase.Running, GuestState.Absent, nameof(Step.Finish))]
    [InlineData(Phase.Scheduled, null, nameof(Step.Start))]
    [InlineData(Phase.Scheduled, GuestState.Absent, nameof(Step.Start))]
    [InlineData(Phase.Scheduled, GuestState.ShutDown, nameof(Step.Finish))]
    public void After_the_host_rebooted_what_ran_has_ended_and_what_was_starting_starts(
        Phase phase,
        GuestState? end,
        string step
    )
    {
        var next = InstancePlan.Next(
            new()
            {
                Wanted = Instance(phase),
                End = EndOf(end),
                Intent = new(Uid, "default", "tiny", Now) { BootId = "before" },
                BootId = "now",
                Now = Now,
            }
        );
        Name(next).ShouldBe(step);
        if (next is Step.Finish { Phase: Phase.Failed } finish)
        {
            finish.Why.ShouldBe(FinishReason.HostRebooted);
        }
    }

    [Theory]
    [InlineData(nameof(EndCause.GuestReboot), false, FinishReasons.GuestRebooted)]
    [InlineData(nameof(EndCause.GuestReboot), true, FinishReasons.GuestRebooted)]
    [InlineData(nameof(EndCause.HostReset), false, FinishReasons.GuestRebooted)]
    [InlineData(nameof(EndCause.GuestShutdown), false, FinishReasons.None)]
    [InlineData(nameof(EndCause.Unknown), false, FinishReasons.ShutDownOrRebooted)]
    public void A_reboot_that_ends_a_guest_is_a_success_whoever_wanted_it(string cause, bool isDeleted, string why)
    {
        var next = InstancePlan
            .Next(
                new()
                {
                    Wanted = isDeleted ? Deleted(Instance(Phase.Running), age: 3) : Instance(Phase.Running),
                    End = new(GuestState.ShutDown, Enum.Parse<EndCause>(cause), Now),
                    Intent = new(Uid, "default", "tiny", Now.AddHours(-1)) { EndsOnReboot = true },
                    Now = Now,
                }
            )
            .ShouldBeOfType<Step.Finish>();
        (next.Phase, next.Why.ToString()).ShouldBe((Phase.Succeeded, why));
        (next.Reboot is not null).ShouldBe(why == FinishReasons.GuestRebooted);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(GuestState.Absent)]
    [InlineData(GuestState.Crashed)]
    [InlineData(GuestState.ShutDown)]
    [InlineData(GuestState.Migrated)]
    public void A_guest_that_leaves_for_another_host_has_not_ended_because_it_has_no_domain_here(GuestState? end)
    {
        foreach (var instance in new[] { Instance(Phase.Running), Deleted(Instance(Phase.Running), age: 999) })
        {
            InstancePlan
                .Next(
                    new()
                    {
                        Wanted = Leaving(instance, hasBegun: true),
                        End = EndOf(end),
                        Now = Now,
                    }
                )
                .ShouldBe(new Step.None());
        }
    }

    [Fact]
    public void A_guest_that_ends_before_its_move_begins_or_after_it_failed_has_ended()
    {
        var asked = Leaving(Instance(Phase.Running), hasBegun: false);
        var failed = Leaving(Instance(Phase.Running), hasBegun: true);
        failed = failed with
        {
            Status = failed.Status! with { MigrationState = failed.Status.MigrationState! with { EndTimestamp = Now } },
        };
        foreach (var instance in new[] { asked, failed })
        {
            InstancePlan
                .Next(
                    new()
                    {
                        Wanted = instance,
                        End = new(GuestState.ShutDown),
                        Now = Now,
                    }
                )
                .ShouldBe(new Step.Finish(Phase.Succeeded));
        }
    }

    [Fact]
    public void Following_the_plan_settles_from_anywhere_and_does_no_harm()
    {
        foreach (var (wanted, seen, end) in Everything())
        {
            var host = new ModelHost(wanted, seen, end);
            for (var steps = 0; InstancePlan.Next(host.View) is var step and not Step.None; steps++)
            {
                if (step is Step.Report && host.IsReported || step is Step.WaitForName || host.IsReleased)
                {
                    break;
                }

                steps.ShouldBeLessThan(80, $"{wanted?.Status?.Phase} {seen?.Uid} {end}: still wants to {step}");
                host.Do(step);
            }
        }
    }

    private const string Uid = "uid-1";

    /// <summary>Names, because a public test cannot take an internal type.</summary>
    private static class FinishReasons
    {
        public const string None = nameof(FinishReason.None);
        public const string GuestRebooted = nameof(FinishReason.GuestRebooted);
        public const string ShutDownOrRebooted = nameof(FinishReason.ShutDownOrRebooted);
    }

    private static IEnumerable<string> Outcomes(string wanted, string seen)
    {
        var phases = wanted switch
        {
            "to run" => new[] { Phase.Scheduled, Phase.Running },
            "to end" => [Phase.Running],
            "ended" or "ended, to save" => [Phase.Succeeded, Phase.Failed],
            _ => [Phase.Running],
        };
        var views =
            from phase in phases
            from late in new[] { false, true }
            let instance = wanted switch
            {
                "to end" => Deleted(Instance(phase), late ? 999 : 0),
                "ended, to save" => Shelves.Marked(Instance(phase)),
                _ => Instance(phase),
            }
            select new InstanceView
            {
                Wanted = wanted == "gone" ? null : instance,
                Seen = seen switch
                {
                    "nothing" => null,
                    "its" => Domain(Uid),
                    "other" => Domain("uid-0"),
                    _ => Domain(null),
                },
                OrphanedAt = late ? Now.AddSeconds(-999) : Now,
                Now = Now,
            };
        return (wanted, seen) == ("gone", "its")
            ? ["-"]
            : views.Select(view => Name(InstancePlan.Next(view))).Distinct();
    }

    private static string Name(Step step) => step.GetType().Name;

    private static List<(string Wanted, List<string> Cells)> DocTable() =>
        [
            .. File.ReadAllLines(
                    Path.Combine(Repository.Root, "src/Vireo.Agent/VirtualMachineInstances/InstancePlan.cs")
                )
                .SkipWhile(line => !line.Contains("<code>"))
                .Skip(2)
                .TakeWhile(line => !line.Contains("</code>"))
                .Select(line => Regex.Split(line.Replace("///", "").Trim(), " {2,}"))
                .Select(cells => (cells[0], cells.Skip(1).Select(cell => cell.Replace(" or ", ", ")).ToList())),
        ];

    private static Step Stop(int age, long? grace)
    {
        var instance = Deleted(Instance(Phase.Running), age);
        instance = instance with { Spec = instance.Spec with { TerminationGracePeriodSeconds = grace } };
        return InstancePlan.Next(
            new()
            {
                Wanted = instance,
                Seen = Domain(Uid),
                Now = Now,
            }
        );
    }

    private static VirtualMachineInstance Instance(Phase? phase) =>
        Samples.Instance with
        {
            Metadata = Samples.Instance.Metadata with { Uid = Uid },
            Status = new() { Phase = phase },
        };

    private static VirtualMachineInstance Leaving(VirtualMachineInstance instance, bool hasBegun) =>
        instance with
        {
            Status = instance.Status! with
            {
                NodeName = "node1",
                MigrationState = new()
                {
                    MigrationUid = "m1",
                    SourceNode = "node1",
                    TargetNode = "node2",
                    StartTimestamp = hasBegun ? Now : null,
                },
            },
        };

    private static VirtualMachineInstance Deleted(VirtualMachineInstance instance, int age) =>
        instance with
        {
            Metadata = instance.Metadata with { DeletionTimestamp = Now.AddSeconds(-age) },
        };

    private static GuestEnd? EndOf(GuestState? state) => state is { } known ? new(known) : null;

    private static ObservedDomain Domain(string? uid) =>
        new()
        {
            Key = new("default", "tiny"),
            Uid = uid,
            MachineType = "pc-q35-7.2",
        };

    private static IEnumerable<(VirtualMachineInstance?, ObservedDomain?, GuestState?)> Everything() =>
        from phase in Enum.GetValues<Phase>().Cast<Phase?>().Append(null)
        from wanted in new[] { null, Instance(phase), Deleted(Instance(phase), 0), Deleted(Instance(phase), 999) }
        from seen in new[] { null, Domain(Uid), Domain("uid-0"), Domain(null) }
        from end in Enum.GetValues<GuestState>().Cast<GuestState?>().Append(null)
        where seen?.Uid != Uid || wanted is not null
        select (wanted, seen, end);

    /// <summary>A host that refuses what a hypervisor would refuse, and what no agent may ever ask for.</summary>
    private sealed class ModelHost(VirtualMachineInstance? wanted, ObservedDomain? seen, GuestState? end)
    {
        private DateTimeOffset _now = Now;

        public bool IsReported { get; private set; }

        public bool IsReleased { get; private set; }

        public InstanceView View =>
            new()
            {
                Wanted = wanted,
                Seen = seen,
                End = seen?.Uid == Uid ? null : EndOf(end),
                OrphanedAt = Now,
                Now = _now,
            };

        public void Do(Step step)
        {
            var isWanted =
                wanted is { Metadata.DeletionTimestamp: null }
                && !VirtualMachineInstancePhases.IsFinal(wanted.Status?.Phase);
            switch (step)
            {
                case Step.Start:
                    seen.ShouldBeNull("a second domain is never started");
                    isWanted.ShouldBeTrue();
                    seen = Domain(Uid);
                    break;
                case Step.Report:
                    seen!.Uid.ShouldBe(Uid);
                    Enter(Phase.Running);
                    IsReported = true;
                    break;
                case Step.ShutDown(var id):
                    id.ShouldBe(seen!.Id);
                    (isWanted && id.Uid == Uid).ShouldBeFalse("a guest that should run is never stopped");
                    _now = _now.AddSeconds(5);
                    break;
                case Step.Destroy(var id):
                    id.ShouldBe(seen!.Id);
                    (isWanted && id.Uid == Uid).ShouldBeFalse("a guest that should run is never ended");
                    (seen, end) = (null, id.Uid == Uid ? GuestState.Destroyed : end);
                    break;
                case Step.Finish { Phase: var phase }:
                    (seen?.Uid).ShouldNotBe(Uid, "an instance has not ended while its guest runs");
                    VirtualMachineInstancePhases.IsFinal(phase).ShouldBeTrue();
                    Enter(phase);
                    break;
                case Step.Release:
                    (seen?.Uid).ShouldNotBe(Uid, "an instance is not let go while its guest runs");
                    IsReleased = true;
                    break;
            }
        }

        private void Enter(Phase phase) => wanted = wanted! with { Status = new() { Phase = phase } };
    }
}
