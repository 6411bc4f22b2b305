using System.Text.Json;
using Vireo.Api;
using static Vireo.Tests.Rules.TemplateErrors;

namespace Vireo.Tests.Rules;

/// <summary>Sizes that no guest can have or grow to are refused by their field.</summary>
public sealed class SizeRefusalTests
{
    [Theory]
    [InlineData("1Gi", "512Mi", "Guest memory is greater than the configured maxGuest memory")]
    [InlineData("513Mi", "2Gi", "Guest memory must be 2Mi aligned")]
    [InlineData("1G", "2Gi", "Guest memory must be 2Mi aligned")]
    [InlineData("512Mi", "2049Mi", "MaxGuest must be 2Mi aligned")]
    [InlineData("512Mi", "0", "Guest memory is greater than the configured maxGuest memory")]
    [InlineData("0", "2Gi", "must be greater than 0")]
    public void Memory_that_cannot_grow_as_it_is_asked_to(string guest, string most, string text)
    {
        var errors = Errors(default, ("domain.memory", $$"""{ "guest": "{{guest}}", "maxGuest": "{{most}}" }"""));

        ShouldBeTheOnlyError(errors, "domain.memory.guest", text);
    }

    [Fact]
    public void Memory_cannot_grow_on_other_architectures()
    {
        var errors = Errors(
            default,
            ("architecture", "\"arm64\""),
            ("domain.memory", """{ "guest": "512Mi", "maxGuest": "1Gi" }""")
        );

        ShouldBeTheOnlyError(errors, "domain.memory.guest", "Memory hotplug is only available for x86_64 VMs");
    }

    [Fact]
    public void Memory_that_is_not_aligned_is_fine_where_nobody_asks_for_more() =>
        Errors(default, ("domain.memory.guest", "\"513Mi\"")).ShouldBeEmpty();

    [Fact]
    public void A_maximum_of_sockets_counts_with_cores_and_threads() =>
        ShouldBeTheOnlyError(
            Errors(default, ("domain.cpu", """{ "sockets": 1, "cores": 4, "threads": 2, "maxSockets": 65 }""")),
            "domain.cpu.maxSockets",
            "maxSockets x cores x threads are 520 vCPUs; at most 512 are allowed"
        );

    [Fact]
    public void None_of_something_counts_as_not_given_and_is_told()
    {
        var result = Samples.Review(Samples.MachineWith(("domain.cpu", """{ "sockets": 0, "cores": 2 }""")));

        result.Errors.ShouldBeEmpty();
        result
            .Warnings.ShouldHaveSingleItem()
            .ShouldBe("spec.template.spec.domain.cpu.sockets is 0, which counts as not given.");
    }

    [Theory]
    [InlineData("""{ "vmRolloutStrategy": "Now" }""", "vmRolloutStrategy", "use LiveUpdate or Stage")]
    [InlineData(
        """{ "liveUpdateConfiguration": { "maxHotplugRatio": 0 } }""",
        "liveUpdateConfiguration.maxHotplugRatio",
        "from 1 to 64"
    )]
    [InlineData(
        """{ "liveUpdateConfiguration": { "maxHotplugRatio": 999 } }""",
        "liveUpdateConfiguration.maxHotplugRatio",
        "from 1 to 64"
    )]
    [InlineData(
        """{ "liveUpdateConfiguration": { "maxCpuSockets": 0 } }""",
        "liveUpdateConfiguration.maxCpuSockets",
        "from 1 to 512"
    )]
    [InlineData(
        """{ "liveUpdateConfiguration": { "maxGuest": "0" } }""",
        "liveUpdateConfiguration.maxGuest",
        "greater than 0"
    )]
    [InlineData(
        """{ "liveUpdateConfiguration": { "maxGuest": "1G" } }""",
        "liveUpdateConfiguration.maxGuest",
        "multiple of 2Mi"
    )]
    public void A_configuration_that_cannot_be_is_refused(string configuration, string field, string text)
    {
        var error = Samples.Review(Installation(configuration)).Errors.ShouldHaveSingleItem();

        error.Field.ShouldBe($"spec.configuration.{field}");
        error.Message.ShouldContain(text);
    }

    [Fact]
    public void A_way_of_updating_that_is_not_known_is_refused()
    {
        var installation = Installation("{}");
        installation = installation with
        {
            Spec = installation.Spec! with
            {
                WorkloadUpdateStrategy = new() { WorkloadUpdateMethods = ["LiveMigrate", "Evict", "Pray"] },
            },
        };

        var error = Samples.Review(installation).Errors.ShouldHaveSingleItem();
        error.Field.ShouldBe("spec.workloadUpdateStrategy.workloadUpdateMethods[2]");
    }

    [Theory]
    [InlineData(true, "maxSockets", "CPU topology maxSockets changed")]
    [InlineData(true, "maxGuest", "Memory maxGuest changed")]
    [InlineData(false, "maxSockets", "update of VMI object is restricted")]
    public void An_instance_keeps_its_maxima_whoever_writes(bool isSystem, string what, string text)
    {
        var old = LiveUpdates.Running(Samples.InstanceSpec());
        var domain = old.Spec.Domain;
        domain =
            what == "maxGuest"
                ? domain with
                {
                    Memory = domain.Memory! with { MaxGuest = Quantity.Parse("4Gi") },
                }
                : domain with
                {
                    Cpu = domain.Cpu! with { MaxSockets = 9 },
                };

        var result = Samples.Review(old with { Spec = old.Spec with { Domain = domain } }, old, isSystem: isSystem);

        result.Errors.ShouldHaveSingleItem().Message.ShouldBe(text);
    }

    [Theory]
    [InlineData(5L, "128Mi", "Number of sockets in CPU topology is greater than the maximum sockets allowed")]
    [InlineData(1L, "1Gi", "Guest memory is greater than the configured maxGuest memory")]
    public void An_instance_cannot_be_told_to_grow_beyond_them(long sockets, string memory, string text)
    {
        var old = LiveUpdates.Running(Samples.InstanceSpec(("domain.memory.maxGuest", "\"512Mi\"")));

        var result = Samples.Review(old.Told(sockets, memory), old, isSystem: true);

        result.Errors.ShouldHaveSingleItem().Message.ShouldBe(text);
    }

    private static KubeVirt Installation(string configuration) =>
        new()
        {
            Metadata = new() { Name = "kubevirt", Namespace = "kubevirt" },
            Spec = new()
            {
                Configuration = JsonSerializer.Deserialize(configuration, ApiJson.Default.KubeVirtConfiguration),
            },
        };
}
