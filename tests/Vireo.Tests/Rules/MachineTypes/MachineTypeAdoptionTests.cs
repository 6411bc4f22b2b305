using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Rules.MachineTypes.Machines;
using Phase = Vireo.Api.VirtualMachineInstancePhase;

namespace Vireo.Tests.Rules.MachineTypes;

public sealed class MachineTypeAdoptionTests
{
    private const string Image = "quay.io/vireo/tiny:1.0";

    [Fact]
    public void The_running_domain_comes_before_all_else()
    {
        var adopted = Adopt(Machine("pc-q35-9.2"), Instance("pc-q35-9.2", "pc-q35-8.2"), Named("pc-q35-7.2"));

        adopted.ShouldNotBeNull().Resolved.ShouldBe("pc-q35-8.2");
        adopted.ShouldNotBeNull().Source.ShouldBe("Domain");
    }

    [Theory]
    // Template, image, configuration; what is recorded, and where it was read.
    [InlineData("pc-q35-7.2", "pc-q35-8.2", "pc-q35-6.2", "pc-q35-7.2", "Template")]
    [InlineData("q35", "pc-q35-8.2", "pc-q35-6.2", "pc-q35-9.2", "Template")]
    [InlineData(null, "pc-q35-8.2", "pc-q35-6.2", "pc-q35-8.2", "Image")]
    [InlineData(null, "pc", "pc-q35-6.2", "pc-i440fx-9.2", "Image")]
    [InlineData(null, null, "pc-q35-6.2", "pc-q35-6.2", "ClusterConfiguration")]
    [InlineData(null, null, "pc", "pc-i440fx-9.2", "ClusterConfiguration")]
    [InlineData(null, null, null, "pc-q35-9.2", "BuiltIn")]
    public void What_does_not_run_is_recorded_from_the_first_that_names_a_type(
        string? template,
        string? image,
        string? configured,
        string resolved,
        string source
    ) =>
        Adopt(Machine(template), null, Named(image), configured)
            .ShouldBe(
                new()
                {
                    Requested = template,
                    Resolved = resolved,
                    Source = source,
                    RecordedAt = Samples.Now,
                }
            );

    [Fact]
    public void A_preference_comes_between_image_and_configuration()
    {
        MachineTypeSources
            .Resolve(Machine(null), Pinned, [Named(null)], "pc-q35-7.2")
            .ShouldBe(new("pc-q35-7.2", "Preference"));
        MachineTypeSources
            .Resolve(Machine(null), Pinned, [Named("pc-q35-8.2")], "pc-q35-7.2")
            .ShouldBe(new("pc-q35-8.2", "Image"));
    }

    [Fact]
    public void The_image_of_a_shelved_machine_is_the_one_that_its_disks_were_saved_as()
    {
        var machine = Saved(Machine(null), "pc-q35-7.2");

        var adopted = Adopt(machine, null, Named("pc-q35-8.2")).ShouldNotBeNull();

        (adopted.Resolved, adopted.Source).ShouldBe(("pc-q35-7.2", "Image"));
        Adopt(Saved(Machine("pc-q35-6.2"), "pc-q35-7.2"), null, Named(null))!.Source.ShouldBe("Template");
        Adopt(Saved(Machine(null), null), null, Named("pc-q35-8.2"))!.Resolved.ShouldBe("pc-q35-8.2");
    }

    [Fact]
    public void An_alias_on_which_hosts_differ_stays_unset() =>
        MachineTypeRecords
            .Adopt(Machine("q35"), null, [Upstream("a"), Upstream("b", "8.2")], Pinned, Samples.Now)
            .ShouldBeNull();

    [Fact]
    public void A_host_that_is_not_ready_does_not_keep_the_others_from_agreeing() =>
        MachineTypeRecords
            .Adopt(Machine("q35"), null, [Upstream("a"), NotReady(Upstream("b", "8.2"))], Pinned, Samples.Now)
            .ShouldNotBeNull()
            .Resolved.ShouldBe("pc-q35-9.2");

    [Fact]
    public void An_alias_that_no_host_offers_stays_unset() =>
        MachineTypeRecords.Adopt(Machine("virt"), null, [Upstream("a")], Pinned, Samples.Now).ShouldBeNull();

    [Fact]
    public void A_version_is_recorded_whoever_offers_it() =>
        MachineTypeRecords
            .Adopt(Machine("pc-q35-rhel7.6.0"), null, [], Pinned, Samples.Now)
            .ShouldNotBeNull()
            .Resolved.ShouldBe("pc-q35-rhel7.6.0");

    [Theory]
    [InlineData(Phase.Scheduling)]
    [InlineData(Phase.Running)]
    [InlineData(Phase.Unknown)]
    public void A_guest_whose_domain_has_not_told_yet_is_waited_for(Phase phase) =>
        Adopt(Machine("q35"), Instance("q35", null, phase), Named(null)).ShouldBeNull();

    [Fact]
    public void What_is_recorded_stays() =>
        Adopt(Machine("q35", Record("pc-q35-7.2", "q35")), null, Named(null)).ShouldBe(Record("pc-q35-7.2", "q35"));

    [Fact]
    public void The_image_that_is_tried_first_for_booting_names_the_type()
    {
        var machine = Machine(null);
        var spec = machine.Spec.Template.Spec;
        machine = machine with
        {
            Spec = machine.Spec with
            {
                Template = new()
                {
                    Spec = spec with
                    {
                        Volumes =
                        [
                            new()
                            {
                                Name = "data",
                                ContainerDisk = new() { Image = "data:1" },
                            },
                            new()
                            {
                                Name = "boot",
                                ContainerDisk = new() { Image = "boot:1" },
                            },
                        ],
                        Domain = spec.Domain with
                        {
                            Devices = new()
                            {
                                Disks = [new() { Name = "data" }, new() { Name = "boot", BootOrder = 1 }],
                            },
                        },
                    },
                },
            },
        };
        var host = Named(null);
        host = host with
        {
            Status = host.Status! with
            {
                ImageMachineTypes = new Dictionary<string, string> { ["data:1"] = "pc", ["boot:1"] = "pc-q35-8.2" },
            },
        };

        MachineTypeSources.ImageOf(machine, [host]).ShouldBe("pc-q35-8.2");
    }

    private static MachineTypeRecord? Adopt(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        Host host,
        string? configured = null
    ) =>
        MachineTypeRecords.Adopt(
            machine,
            instance,
            [host],
            new() { ArchitectureConfiguration = new() { Amd64 = new() { MachineType = configured } } },
            Samples.Now
        );

    private static Host Named(string? image)
    {
        var host = Upstream("one");
        return host with
        {
            Status = host.Status! with
            {
                ImageMachineTypes = image is null ? null : new Dictionary<string, string> { [Image] = image },
            },
        };
    }
}
