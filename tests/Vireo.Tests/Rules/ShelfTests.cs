using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

public class ShelfTests
{
    [Fact]
    public void The_table_in_the_doc_comment_is_what_is_decided()
    {
        foreach (var row in DocTable.Read("src/Vireo.Rules/Shelving/Shelf.cs"))
        {
            foreach (var (column, cell) in row.Skip(1))
            {
                var state = new ShelvedState
                {
                    State = row["state"],
                    Instance = Samples.InstanceUid,
                    Offload = row["state"] is "Offloading",
                };
                var saved = column == "pushed" ? Shelves.Saved with { Host = null } : Shelves.Saved;
                var status = new VirtualMachineStatus { Shelved = state, SavedDisks = saved };

                var next = Shelf.Next(status, Seen(column)).State!.State;

                var word =
                    next == state.State ? "-"
                    : next == "ShelvedOffloaded" ? "offloaded"
                    : "next";
                word.ShouldBe(cell, $"{row["state"]}, {column}");
            }
        }
    }

    [Theory]
    [InlineData(false, true, "Shelved")]
    [InlineData(true, true, "Offloading")]
    [InlineData(true, false, "ShelvedOffloaded")]
    public void What_comes_after_shelving_is_what_was_asked_for(bool offload, bool isOnHost, string next)
    {
        var state = new ShelvedState
        {
            State = "Shelving",
            Instance = Samples.InstanceUid,
            Offload = offload,
            OffloadTo = "registry.example/a:1",
        };
        var report = isOnHost ? Shelves.Report : new SavedDisks();

        Shelf
            .Next(new() { Shelved = state }, Shelves.Reported(Shelves.Marked(Ended()), report))
            .State!.State.ShouldBe(next);
    }

    [Fact]
    public void The_report_of_the_host_is_remembered_with_the_image_that_each_disk_began_as()
    {
        var (_, saved) = Shelf.Next(new() { Shelved = Shelving }, Shelves.Reported(Shelves.Marked(Ended())));

        saved!.Image.ShouldBe(Shelves.Image);
        saved.Volumes.ShouldBe(Shelves.Saved.Volumes);
    }

    [Fact]
    public void A_machine_that_is_shelved_again_remembers_what_its_disks_began_as_at_first()
    {
        var restored = InstanceComposition.Compose(Shelves.In(Samples.Machine(), null, Shelves.Saved), paused: false);
        var ended = Ended() with { Spec = restored.Spec };
        var second = Shelves.Report with { Image = "vireo-shelved/default/web:second" };

        var (_, saved) = Shelf.Next(
            new() { Shelved = Shelving, SavedDisks = Shelves.Saved },
            Shelves.Reported(Shelves.Marked(ended), second)
        );

        saved!.Image.ShouldBe(second.Image);
        saved.Volumes.ShouldBe(Shelves.Saved.Volumes);
    }

    [Fact]
    public void An_instance_that_had_nothing_to_save_leaves_what_was_saved_before()
    {
        var (_, saved) = Shelf.Next(
            new() { Shelved = Shelving, SavedDisks = Shelves.Saved },
            Shelves.Reported(Shelves.Marked(Ended()), new SavedDisks())
        );

        saved.ShouldBe(Shelves.Saved);
    }

    [Fact]
    public void An_instance_that_was_removed_without_a_report_is_told_of()
    {
        var (state, saved) = Shelf.Next(new() { Shelved = Shelving }, null);

        state!.State.ShouldBe("Shelved");
        state.Message!.ShouldContain("removed before its host told");
        saved.ShouldBeNull();
    }

    [Fact]
    public void The_condition_says_what_a_machine_waits_for()
    {
        var machine = Shelves.Shelving(Samples.Machine());
        var stuck = Shelves.Marked(Ended());
        stuck = stuck with
        {
            Status = stuck.Status! with
            {
                Conditions =
                [
                    new()
                    {
                        Type = "Synchronized",
                        Status = "False",
                        Reason = "FailedDisk",
                        Message = "No space left on device",
                    },
                ],
            },
        };

        var condition = Told(machine, stuck);

        condition.Status.ShouldBe("False");
        condition.Reason.ShouldBe("Shelving");
        condition.Message!.ShouldContain("No space left on device");
    }

    [Fact]
    public void The_condition_says_where_the_disks_are_and_goes_with_the_state()
    {
        var machine = Shelves.In(Samples.Machine(), new() { State = "Shelved" }, Shelves.Saved);

        var condition = Told(machine, null);

        condition.Status.ShouldBe("True");
        condition.Message.ShouldBe($"Its disks are saved on host node1 as {Shelves.Image}.");
        var shelved = machine with { Status = machine.Status! with { Conditions = [condition] } };
        var back = shelved with { Status = shelved.Status! with { Shelved = null } };
        Conditions.Find(Of(back, null).Conditions, "Shelved").ShouldBeNull();
    }

    [Fact]
    public void While_disks_are_saved_the_machine_is_stopping_in_one_word()
    {
        Of(Shelves.Shelving(Samples.Machine()), Shelves.Marked(Ended())).PrintableStatus.ShouldBe("Stopping");
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("another", true)]
    [InlineData(Samples.InstanceUid, false)]
    public void Whether_the_shelved_instance_is_gone_is_asked_of_the_server(string? seen, bool isAsked)
    {
        var instance = seen is null
            ? null
            : Samples.Instance() with
            {
                Metadata = Samples.Instance().Metadata with { Uid = seen },
            };

        Shelf.IsMissing(new() { Shelved = Shelving }, instance).ShouldBe(isAsked);
        Shelf.IsMissing(new() { Shelved = new() { State = "Shelved" } }, instance).ShouldBeFalse();
    }

    private static ShelvedState Shelving => new() { State = "Shelving", Instance = Samples.InstanceUid };

    private static VirtualMachineInstance? Seen(string column) =>
        column switch
        {
            "saving" => Shelves.Marked(Ended()),
            "saved" => Shelves.Reported(Shelves.Marked(Ended())),
            "ended" => Ended(),
            _ => null,
        };

    private static VirtualMachineInstance Ended() => Samples.Instance(VirtualMachineInstancePhase.Succeeded);

    private static Condition Told(VirtualMachine machine, VirtualMachineInstance? instance) =>
        Conditions.Find(Of(machine, instance).Conditions, "Shelved").ShouldNotBeNull();

    private static VirtualMachineStatus Of(VirtualMachine machine, VirtualMachineInstance? instance) =>
        VirtualMachineStatuses.Of(
            machine,
            instance,
            RunStrategies.Decide(machine, instance, Samples.Now, 0),
            null,
            Samples.Now
        );
}
