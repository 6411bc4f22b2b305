using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Rules.Actions.Scenes;

namespace Vireo.Tests.Rules.Actions;

public class ShelveActionTests
{
    private const string There = "registry.example:5000/shelf/web:1";

    [Fact]
    public void The_table_in_the_doc_comment_is_what_is_decided()
    {
        foreach (var row in DocTable.Read("src/Vireo.Rules/Actions/ShelveAction.cs"))
        {
            foreach (var (column, cell) in row.Skip(1))
            {
                var (machine, instance) = Find(RunStrategy.Always, column);
                var state = row["state"] == "none" ? null : new ShelvedState { State = row["state"] };

                var decision = Shelve(Shelves.In(machine, state), instance);

                (decision is ActionDecision.Refuse ? "refuse" : Word(decision)).ShouldBe(
                    cell,
                    $"{row["state"]}, {column}"
                );
            }
        }
    }

    [Theory]
    [InlineData(RunStrategy.Always)]
    [InlineData(RunStrategy.RerunOnFailure)]
    [InlineData(RunStrategy.Manual)]
    [InlineData(RunStrategy.Once)]
    [InlineData(RunStrategy.Halted)]
    public void A_machine_on_the_shelf_keeps_its_spec_and_runs_nothing(RunStrategy strategy)
    {
        var machine = Samples.Machine(strategy);

        var shelved = Changed(Shelve(machine, Samples.Instance()));

        shelved.Spec.ShouldBe(machine.Spec);
        RunStrategies.Decide(shelved, Samples.Instance(), Samples.Now, 0).Step.ShouldBeOfType<RunStep.Delete>();
        RunStrategies.Decide(shelved, null, Samples.Now, 0).Step.ShouldBeOfType<RunStep.None>();
    }

    [Fact]
    public void A_start_that_waits_is_taken_back_and_remembered()
    {
        var (machine, _) = Find(RunStrategy.Manual, "to-come");

        var shelved = Changed(Shelve(machine, null)).Status!;

        shelved.StateChangeRequests.ShouldBeNull();
        shelved.Shelved!.Ran.ShouldBe(true);
        shelved.Shelved.State.ShouldBe("Shelved");
    }

    [Theory]
    [InlineData("active", true)]
    [InlineData("stopping", null)]
    [InlineData("restarting", true)]
    [InlineData("absent", null)]
    public void It_is_remembered_whether_it_ran(string column, bool? ran)
    {
        var (machine, instance) = Find(RunStrategy.Manual, column);

        Changed(Shelve(machine, instance)).Status!.Shelved!.Ran.ShouldBe(ran);
    }

    [Fact]
    public void An_instance_without_disks_of_its_own_is_told_nothing()
    {
        var instance = Samples.Instance() with { Spec = Samples.InstanceSpec(("volumes[0]", HostDisk)) };

        var decision = Shelve(Samples.Machine(), instance).ShouldBeOfType<ActionDecision.ChangeMachine>();

        decision.SavesDisks.ShouldBeFalse();
        var status = decision.Machine.Status!;
        status.Shelved!.State.ShouldBe("Shelving");
        Shelf.Next(status, Ended(VirtualMachineInstancePhase.Succeeded)).State!.State.ShouldBe("Shelved");
    }

    [Theory]
    [InlineData("Shelving", "Shelving")]
    [InlineData("Shelved", "Offloading")]
    [InlineData("Offloading", "Offloading")]
    public void What_is_shelved_can_be_told_where_to_go(string state, string next)
    {
        var machine = Shelves.In(
            Samples.Machine(),
            new()
            {
                State = state,
                Offload = state == "Offloading",
                OffloadTo = state == "Offloading" ? "registry.example/wrong:1" : null,
                Message = "no route to host",
            },
            Shelves.Saved
        );

        var told = Changed(Offload(machine, null, There)).Status!.Shelved!;

        (told.State, told.OffloadTo, told.Message).ShouldBe((next, There, null));
        Offload(machine with { Status = machine.Status! with { Shelved = told } }, null, There)
            .ShouldBe(new ActionDecision.Nothing());
    }

    [Fact]
    public void A_machine_that_no_host_keeps_anything_for_is_offloaded_at_once()
    {
        var decision = Changed(Offload(Samples.Machine(), null, image: null));

        decision.Status!.Shelved!.State.ShouldBe("ShelvedOffloaded");
        ShouldBeRefused(
            Offload(decision, null, image: null),
            ActionRefusal.Conflict,
            "VM is already shelved and offloaded"
        );
    }

    [Theory]
    [InlineData("active")]
    [InlineData("saved")]
    public void Disks_on_a_host_need_a_place_to_go(string column)
    {
        var saved = column == "saved" ? Shelves.Saved : null;

        ShouldBeRefused(
            Offload(
                Shelves.In(Samples.Machine(), null, saved),
                Situations.Seen(saved is null ? column : "absent"),
                null
            ),
            ActionRefusal.BadRequest,
            "image: its disks are on a host: name the image in a registry that they are to be copied to."
        );
    }

    [Fact]
    public void A_disk_of_the_host_stays_there()
    {
        var machine = Samples.MachineWith(("volumes[0]", HostDisk));

        ShouldBeRefused(
            Offload(machine, null, There),
            ActionRefusal.Conflict,
            "Its volume 'root' is the host's own disk /d.img, which stays there: the VM can be shelved, but not offloaded"
        );
        Changed(Shelve(machine, null)).Status!.Shelved!.State.ShouldBe("Shelved");
    }

    [Theory]
    [InlineData(false, There, "set offload as well")]
    [InlineData(true, "not a name", "is no name of an image")]
    [InlineData(true, "vireo-shelved/default/other:1", "is no place in a registry")]
    [InlineData(true, "registry.example/a@sha256:00", "is no place in a registry")]
    public void A_place_that_makes_no_sense_is_refused(bool offload, string image, string why)
    {
        var refusal = VirtualMachineActions
            .Shelve(Samples.Machine(), null, new() { Offload = offload, Image = image })
            .ShouldBeOfType<ActionDecision.Refuse>();

        refusal.Why.ShouldBe(ActionRefusal.BadRequest);
        refusal.Message.ShouldContain(why);
    }

    [Fact]
    public void A_machine_that_goes_is_not_shelved()
    {
        ShouldBeRefused(
            Shelve(Situations.Deleted(Samples.Machine()), null),
            ActionRefusal.Conflict,
            "The VirtualMachine is being deleted."
        );
    }

    [Theory]
    [InlineData("Shelving", "VM is being shelved: unshelve it once its disks are saved")]
    [InlineData("Shelved", "VM is shelved: unshelve it first")]
    [InlineData("ShelvedOffloaded", "VM is shelved: unshelve it first")]
    public void What_is_on_the_shelf_neither_starts_nor_restarts_nor_is_rebuilt(string state, string message)
    {
        var machine = Shelves.In(Samples.Machine(RunStrategy.Manual), new() { State = state });

        ShouldBeRefused(VirtualMachineActions.Start(machine, null, new()), ActionRefusal.Conflict, message);
        ShouldBeRefused(VirtualMachineActions.Restart(machine, null, new()), ActionRefusal.Conflict, message);
        ShouldBeRefused(VirtualMachineActions.Rebuild(machine, null, new()), ActionRefusal.Conflict, message);
    }

    [Fact]
    public void What_goes_to_the_shelf_can_be_told_to_hurry()
    {
        var machine = Shelves.Shelving(Samples.Machine());

        VirtualMachineActions
            .Stop(machine, Samples.Instance(), new() { GracePeriod = 0 })
            .ShouldBe(new ActionDecision.ShortenGrace(0));
        ShouldBeRefused(
            VirtualMachineActions.Stop(machine, Samples.Instance(), new()),
            ActionRefusal.Conflict,
            "VM is being shelved and stops already"
        );
        ShouldBeRefused(
            VirtualMachineActions.Stop(machine, null, new()),
            ActionRefusal.Conflict,
            "VM is not running: it is shelved"
        );
    }

    private const string HostDisk = """{"name":"root","hostDisk":{"path":"/d.img","type":"Disk"}}""";

    private static string Word(ActionDecision decision) =>
        decision is ActionDecision.ChangeMachine { SavesDisks: true, Machine.Status.Shelved.State: "Shelving" } ? "save"
        : Changed(decision).Status!.Shelved!.State == "Shelved" ? "shelved"
        : throw new InvalidOperationException($"{decision}");

    private static ActionDecision Shelve(VirtualMachine machine, VirtualMachineInstance? instance) =>
        VirtualMachineActions.Shelve(machine, instance, new());

    private static ActionDecision Offload(VirtualMachine machine, VirtualMachineInstance? instance, string? image) =>
        VirtualMachineActions.Shelve(machine, instance, new() { Offload = true, Image = image });
}
