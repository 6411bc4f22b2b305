using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Rules.Actions.Scenes;

namespace Vireo.Tests.Rules.Actions;

public class RebuildActionTests
{
    [Fact]
    public void The_table_in_the_doc_comment_is_what_is_decided()
    {
        ShouldBeWhatIsDecided(
            "RebuildAction",
            (machine, instance) => Rebuild(Recorded(machine), instance),
            (before, decision) =>
                Changed(decision).Status!.MachineType is not null ? "nothing"
                : Queue(Changed(decision)) == $"Stop({Samples.InstanceUid}), Start" ? "restart"
                : Queue(Changed(decision)) == Queue(before) ? "clear"
                : throw new InvalidOperationException(Queue(Changed(decision)))
        );
    }

    [Theory]
    [InlineData("active")]
    [InlineData("deleting")]
    [InlineData("succeeded")]
    public void What_the_replaced_instance_runs_with_is_not_recorded_again(string column)
    {
        var (machine, instance) = Find(RunStrategy.Manual, column);
        instance = instance! with { Status = instance.Status! with { Machine = new() { Type = "pc-q35-6.2" } } };

        var rebuilt = Changed(Rebuild(Recorded(machine), instance));
        var status = Of(rebuilt, instance);
        var next = instance with { Metadata = instance.Metadata with { Uid = "next", DeletionTimestamp = null } };

        (status.MachineType, status.Rebuilt).ShouldBe((null, true));
        Of(rebuilt with { Status = status }, null).MachineType.ShouldBeNull();
        var after = Of(rebuilt with { Status = status }, next);
        after.MachineType!.Resolved.ShouldBe("pc-q35-6.2");
        (after.ReplacedInstance, after.Rebuilt).ShouldBe((null, null));
    }

    [Fact]
    public void The_saved_root_disk_goes_and_others_stay()
    {
        var data = new SavedVolume { Name = "data" };
        var saved = Shelves.Saved with { Volumes = [.. Shelves.Saved.Volumes!, data] };

        Changed(Rebuild(Shelves.In(Samples.Machine(), null, saved))).Status!.SavedDisks!.Volumes.ShouldBe([data]);
        Changed(Rebuild(Shelves.In(Samples.Machine(), null, Shelves.Saved))).Status!.SavedDisks.ShouldBeNull();
    }

    [Fact]
    public void Another_image_is_written_to_the_template()
    {
        var machine = Samples.Machine();

        var rebuilt = Changed(Rebuild(machine, image: "quay.io/vireo/tiny:2.0"));

        rebuilt.Spec.Template.Spec.Volumes![0].ContainerDisk!.Image.ShouldBe("quay.io/vireo/tiny:2.0");
        rebuilt.Spec.Template.Spec.Volumes[1].ShouldBe(machine.Spec.Template.Spec.Volumes![1]);
        Changed(Rebuild(machine)).Spec.ShouldBe(machine.Spec);
    }

    [Fact]
    public void The_root_disk_is_the_one_that_boots_and_no_cdrom()
    {
        var machine = Samples.MachineWith(
            (
                "domain.devices.disks",
                """
                [{"name":"cd","cdrom":{},"bootOrder":1},{"name":"data","disk":{},"bootOrder":3},
                 {"name":"root","disk":{},"bootOrder":2}]
                """
            ),
            (
                "volumes",
                """
                [{"name":"cd","containerDisk":{"image":"cd:1"}},{"name":"data","containerDisk":{"image":"data:1"}},
                 {"name":"root","containerDisk":{"image":"root:1"}}]
                """
            )
        );

        Changed(Rebuild(machine, image: "root:2"))
            .Spec.Template.Spec.Volumes!.Select(volume => volume.ContainerDisk!.Image)
            .ShouldBe(["cd:1", "data:1", "root:2"]);
    }

    [Theory]
    [InlineData(
        """{"name":"root","hostDisk":{"path":"/d.img","type":"Disk"}}""",
        "Its root disk 'root' is the host's own disk /d.img, which Vireo does not make anew: stop the VM and replace "
            + "the file"
    )]
    [InlineData(
        """{"name":"root","emptyDisk":{"capacity":"1Gi"}}""",
        "Its root disk 'root' is made from no image: leave image out, or name one in the template"
    )]
    [InlineData("""{"name":"root","cloudInitNoCloud":{"userData":"x"}}""", "VM has no disk that could be made anew")]
    public void A_root_disk_that_comes_from_no_image_is_refused_with_the_reason(string volume, string message)
    {
        ShouldBeRefused(
            Rebuild(Samples.MachineWith(("volumes[0]", volume)), image: "root:2"),
            ActionRefusal.Conflict,
            message
        );
    }

    [Fact]
    public void A_machine_that_goes_is_not_rebuilt()
    {
        ShouldBeRefused(
            Rebuild(Situations.Deleted(Samples.Machine())),
            ActionRefusal.Conflict,
            "The VirtualMachine is being deleted."
        );
    }

    private static VirtualMachine Recorded(VirtualMachine machine) =>
        machine with
        {
            Status = (machine.Status ?? new()) with { MachineType = new() { Resolved = "pc-q35-7.2" } },
        };

    private static VirtualMachineStatus Of(VirtualMachine machine, VirtualMachineInstance? instance) =>
        VirtualMachineStatuses.Of(
            machine,
            instance,
            RunStrategies.Decide(machine, instance, Samples.Now, 0),
            null,
            Samples.Now
        );

    private static ActionDecision Rebuild(
        VirtualMachine machine,
        VirtualMachineInstance? instance = null,
        string? image = null
    ) => VirtualMachineActions.Rebuild(machine, instance, new() { Image = image });
}
