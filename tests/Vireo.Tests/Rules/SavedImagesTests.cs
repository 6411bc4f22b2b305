using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

public class SavedImagesTests
{
    [Fact]
    public void The_name_of_an_image_says_whose_disks_it_holds()
    {
        SavedImages.NameOf(Samples.Instance()).ShouldBe(Shelves.Image);
        SavedImages.Parse(Shelves.Image).ShouldBe(("default", "web", Samples.InstanceUid));
        SavedImages.Parse("quay.io/vireo/tiny:1.0").ShouldBeNull();
        SavedImages.Parse("vireo-shelved/odd").ShouldBeNull();
    }

    [Fact]
    public void Disks_that_a_guest_writes_to_and_that_go_with_it_are_saved()
    {
        var spec = Samples.InstanceSpec(
            (
                "domain.devices.disks",
                """
                [{"name":"root","disk":{}},{"name":"cd","cdrom":{}},{"name":"data","disk":{}},{"name":"seed","disk":{}},
                 {"name":"host","disk":{}}]
                """
            ),
            (
                "volumes",
                """
                [{"name":"root","containerDisk":{"image":"a:1"}},{"name":"cd","containerDisk":{"image":"b:1"}},
                 {"name":"data","emptyDisk":{"capacity":"1Gi"}},{"name":"seed","cloudInitNoCloud":{"userData":"x"}},
                 {"name":"host","hostDisk":{"path":"/d.img","type":"Disk"}}]
                """
            )
        );

        SavedImages.VolumesIn(spec).Select(volume => volume.Name).ShouldBe(["root", "data"]);
    }

    [Fact]
    public void A_machine_starts_from_its_saved_disks_on_the_host_that_has_them()
    {
        var machine = Shelves.In(Samples.Machine(), null, Shelves.Saved);

        var spec = InstanceComposition.Compose(machine, paused: false).Spec;

        var root = spec.Volumes![0].ContainerDisk!;
        root.Image.ShouldBe(Shelves.Image);
        root.Path.ShouldBe("/disk/root.qcow2");
        root.ImagePullPolicy.ShouldBe("Never");
        spec.Volumes[1].ShouldBe(machine.Spec.Template.Spec.Volumes![1]);
        spec.NodeSelector!["kubernetes.io/hostname"].ShouldBe("node1");
    }

    [Fact]
    public void Saved_disks_in_a_registry_bind_a_machine_to_no_host()
    {
        var saved = Shelves.Saved with { Image = "registry.example/a:1", Host = null, PullSecret = "key" };

        var spec = SavedImages.Restore(Samples.InstanceSpec(), saved);

        spec.Volumes![0].ContainerDisk!.ImagePullPolicy.ShouldBe("IfNotPresent");
        spec.Volumes[0].ContainerDisk!.ImagePullSecret.ShouldBe("key");
        spec.NodeSelector.ShouldBeNull();
    }

    [Fact]
    public void An_owner_who_names_another_image_gets_that_one()
    {
        var spec = Samples.InstanceSpec(("volumes[0].containerDisk.image", "\"quay.io/vireo/tiny:2.0\""));

        SavedImages.Restore(spec, Shelves.Saved).ShouldBeSameAs(spec);
    }

    [Fact]
    public void An_empty_disk_comes_back_as_it_was_saved()
    {
        var spec = Samples.InstanceSpec(("volumes[0]", """{"name":"root","emptyDisk":{"capacity":"1Gi"}}"""));
        var saved = Shelves.Saved with { Volumes = [new() { Name = "root" }] };

        var root = SavedImages.Restore(spec, saved).Volumes![0];

        root.EmptyDisk.ShouldBeNull();
        root.ContainerDisk!.Image.ShouldBe(Shelves.Image);
        SavedImages.Restore(spec, Shelves.Saved).ShouldBeSameAs(spec, "it was a container disk when it was saved");
    }

    [Theory]
    [InlineData("vireo-shelved/default/other:u1")]
    [InlineData("docker.io/vireo-shelved/default/other:u1")]
    public void The_disks_of_another_machine_cannot_be_named(string image)
    {
        var change = ("volumes[0].containerDisk.image", $"\"{image}\"");
        var machine = Samples.MachineWith(change);
        var instance = Samples.Instance() with { Spec = Samples.InstanceSpec(change) };
        var config = Samples.Config(change);

        foreach (var resource in (IResource[])[machine, instance, config])
        {
            Samples
                .Review(resource)
                .Errors.ShouldHaveSingleItem()
                .Message.ShouldContain("which only 'vireo unshelve' brings back");
        }

        Samples.Review(instance, isSystem: true).Errors.ShouldBeEmpty();
    }

    [Fact]
    public void A_template_cannot_ask_for_its_disks_to_be_saved()
    {
        var machine = Samples.Machine();
        var template = machine.Spec.Template with
        {
            Metadata = new()
            {
                Annotations = new Dictionary<string, string>
                {
                    [KubeVirtNames.SaveDisksAnnotation] = "true",
                    ["mine"] = "yes",
                },
            },
        };

        var made = InstanceComposition.Compose(
            machine with
            {
                Spec = machine.Spec with { Template = template },
            },
            paused: false
        );

        made.Metadata.Annotations!.Keys.ShouldNotContain(KubeVirtNames.SaveDisksAnnotation);
        made.Metadata.Annotations!["mine"].ShouldBe("yes");
    }
}
