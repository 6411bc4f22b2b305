using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Agent;

/// <summary>What an image names comes before a default, and after everything that somebody chose.</summary>
public sealed class ImageMachineTypeTests
{
    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        ["tiny-guest:v1"] = "pc-i440fx-1.4",
        ["data:latest"] = "pc-q35-7.2",
    };

    private static VirtualMachineInstance Defaulted { get; } = WithSource(MachineTypeSources.BuiltIn);

    [Fact]
    public void A_default_gives_way_to_what_the_image_names()
    {
        var applied = ImageMachineType.Apply(Defaulted, Types);
        applied.Spec.Domain.Machine!.Type.ShouldBe("pc-i440fx-1.4");
        ImageMachineType.Apply(applied, Types).Spec.Domain.Machine!.Type.ShouldBe("pc-i440fx-1.4");
    }

    [Fact]
    public void What_somebody_chose_stays() =>
        ImageMachineType.Apply(Samples.Instance, Types).ShouldBeSameAs(Samples.Instance);

    [Fact]
    public void A_default_stays_when_no_image_names_another() =>
        ImageMachineType.Apply(Defaulted, new Dictionary<string, string>()).ShouldBeSameAs(Defaulted);

    [Fact]
    public void Of_several_images_the_one_that_is_booted_first_decides_however_its_name_is_written()
    {
        var instance = Defaulted with
        {
            Spec = Defaulted.Spec with
            {
                Domain = Defaulted.Spec.Domain with
                {
                    Devices = new()
                    {
                        Disks = [new() { Name = "root", BootOrder = 2 }, new() { Name = "data", BootOrder = 1 }],
                    },
                },
                Volumes =
                [
                    .. Defaulted.Spec.Volumes!,
                    new()
                    {
                        Name = "data",
                        ContainerDisk = new() { Image = "docker.io/library/data" },
                    },
                ],
            },
        };
        ImageMachineType.Apply(instance, Types).Spec.Domain.Machine!.Type.ShouldBe("pc-q35-7.2");
    }

    [Fact]
    public async Task The_guest_is_started_with_what_its_image_names_once_the_image_is_there()
    {
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var room = new AgentRoom();
        room.Settings = room.Settings with { ImageMachineTypes = () => types };
        room.Restart();
        var prepare = room.Prepare;
        room.Prepare = (instance, folder, ct) =>
        {
            types["tiny-guest:v1"] = "pc-i440fx-1.4";
            return prepare(instance, folder, ct);
        };
        await room.CreateAsync(Defaulted);

        await room.SettleAsync();

        var instance = await room.ReadAsync();
        instance.Status!.Machine!.Type.ShouldBe("pc-i440fx-1.4");
        instance.Spec.Domain.Machine!.Type.ShouldBe("q35");
    }

    [Fact]
    public void An_image_that_names_what_the_host_lacks_is_named_as_the_cause()
    {
        var applied = ImageMachineType.Apply(
            Defaulted,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["tiny-guest:v1"] = "pc-q35-rhel9.6.0" }
        );
        var error = DomainXml.Build(Samples.Input(applied)).Errors.ShouldHaveSingleItem();
        error.Field.ShouldBe("spec.domain.machine.type");
        error.Message.ShouldContain("pc-q35-rhel9.6.0");
        error.Message.ShouldContain("which its image names (hw_machine_type)");
    }

    private static VirtualMachineInstance WithSource(string source) =>
        Samples.Instance with
        {
            Metadata = Samples.Instance.Metadata with
            {
                Annotations = new Dictionary<string, string> { [KubeVirtNames.MachineTypeSourceAnnotation] = source },
            },
        };
}
