using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.Tests.Rules;

public class KubeVirtAdmissionTests
{
    [Fact]
    public void There_is_one_and_its_name_is_known()
    {
        Samples.Review(Of("{}")).Errors.ShouldBeEmpty();
        Samples
            .Review(
                Of("{}") with
                {
                    Metadata = new() { Name = "other", Namespace = "kubevirt" },
                }
            )
            .Errors.ShouldHaveSingleItem()
            .Field.ShouldBe("metadata.name");
        Samples
            .Review(
                Of("{}") with
                {
                    Metadata = new() { Name = "kubevirt", Namespace = "default" },
                }
            )
            .Errors.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("machineType", "\"q 35\"", "machineType", "is no machine type")]
    [InlineData(
        "architectureConfiguration.amd64.machineType",
        "\"q*\"",
        "architectureConfiguration.amd64.machineType",
        "is no machine type"
    )]
    [InlineData(
        "architectureConfiguration.amd64.machineType",
        "\"virt\"",
        "architectureConfiguration.amd64.machineType",
        "is not supported: virt (allowed values: [q35* pc-q35* pc pc-i440fx*])"
    )]
    [InlineData(
        "architectureConfiguration.arm64.machineType",
        "\"q35\"",
        "architectureConfiguration.arm64.machineType",
        "is not supported: q35 (allowed values: [virt*])"
    )]
    [InlineData(
        "architectureConfiguration.s390x.machineType",
        "\"q35\"",
        "architectureConfiguration.s390x.machineType",
        "[s390-ccw-virtio*]"
    )]
    [InlineData(
        "architectureConfiguration.amd64.emulatedMachines",
        """["pc-q35-[0-9]"]""",
        "architectureConfiguration.amd64.emulatedMachines[0]",
        "is no glob of machine types"
    )]
    [InlineData(
        "architectureConfiguration.amd64.emulatedMachines",
        """["pc-q35*"]""",
        "architectureConfiguration.amd64.machineType",
        "is not supported: q35 (allowed values: [pc-q35*])"
    )]
    [InlineData(
        "architectureConfiguration.defaultArchitecture",
        "\"x86_64\"",
        "architectureConfiguration.defaultArchitecture",
        "use amd64, arm64 or s390x"
    )]
    [InlineData("cpuModel", "\"a b\"", "cpuModel", "is no processor model")]
    [InlineData(
        "evictionStrategy",
        "\"Evict\"",
        "evictionStrategy",
        "use None, LiveMigrate, LiveMigrateIfPossible or External"
    )]
    [InlineData(
        "network.defaultNetworkInterface",
        "\"slirp\"",
        "network.defaultNetworkInterface",
        "use bridge or masquerade"
    )]
    [InlineData(
        "developerConfiguration.cpuAllocationRatio",
        "0",
        "developerConfiguration.cpuAllocationRatio",
        "must be 1 or more"
    )]
    [InlineData(
        "developerConfiguration.memoryOvercommit",
        "9",
        "developerConfiguration.memoryOvercommit",
        "from 10 to 1000"
    )]
    [InlineData(
        "developerConfiguration.memoryOvercommit",
        "1001",
        "developerConfiguration.memoryOvercommit",
        "from 10 to 1000"
    )]
    public void A_configuration_is_refused_by_its_field(string path, string json, string field, string text)
    {
        var error = Samples.Review(Of("{}", (path, json))).Errors.ShouldHaveSingleItem();

        error.Field.ShouldBe($"spec.configuration.{field}");
        error.Message.ShouldContain(text);
    }

    [Theory]
    [InlineData(
        """{ "machineType": "pc-q35-9.2" }""",
        "spec.configuration.machineType is deprecated, use spec.configuration.architectureConfiguration instead."
    )]
    [InlineData(
        """{ "developerConfiguration": { "featureGates": ["NeverHeardOf", "HostDisk"] } }""",
        "Feature gate 'NeverHeardOf' is not known to Vireo and has no effect."
    )]
    [InlineData(
        """{ "developerConfiguration": { "featureGates": ["X"], "disabledFeatureGates": ["X"] } }""",
        "Feature gate 'X' is not known to Vireo and has no effect."
    )]
    [InlineData(
        """{ "migrations": { "disableTLS": true } }""",
        "spec.configuration.migrations.disableTLS: guests' memory and disks go between hosts in plain text, for whoever "
            + "reads along on the network."
    )]
    public void What_has_no_effect_or_a_better_form_is_warned_of(string json, string warning)
    {
        var result = Samples.Review(Of(json));

        result.Errors.ShouldBeEmpty();
        result.Warnings.ShouldBe([warning]);
    }

    [Fact]
    public void A_way_of_updating_guests_that_is_not_acted_on_is_warned_of()
    {
        Methods("LiveMigrate").ShouldBeEmpty();
        Methods("LiveMigrate", "Evict")
            .ShouldBe([
                "spec.workloadUpdateStrategy.workloadUpdateMethods: Evict has no effect: guests that cannot migrate "
                    + "are not shut down to be updated.",
            ]);

        static IReadOnlyList<string> Methods(params string[] methods)
        {
            var installation = Of("{}");
            var result = Samples.Review(
                installation with
                {
                    Spec = installation.Spec! with
                    {
                        WorkloadUpdateStrategy = new() { WorkloadUpdateMethods = methods },
                    },
                }
            );
            result.Errors.ShouldBeEmpty();
            return result.Warnings;
        }
    }

    [Fact]
    public void A_configuration_that_is_right_raises_nothing()
    {
        var result = Samples.Review(
            Of(
                """
                {
                  "architectureConfiguration": {
                    "defaultArchitecture": "amd64",
                    "amd64": { "machineType": "pc-q35-9.2", "emulatedMachines": ["pc-q35-9.?", "q35"] }
                  },
                  "cpuModel": "Haswell-noTSX",
                  "evictionStrategy": "LiveMigrate",
                  "network": { "defaultNetworkInterface": "bridge" },
                  "developerConfiguration": {
                    "featureGates": ["HostDisk", "RecreateVMIOnReboot"],
                    "useEmulation": true,
                    "cpuAllocationRatio": 1,
                    "memoryOvercommit": 150
                  }
                }
                """
            )
        );

        result.Errors.ShouldBeEmpty();
        result.Warnings.ShouldBeEmpty();
    }

    private static KubeVirt Of(string configuration, params (string Path, string Json)[] changes) =>
        new()
        {
            Metadata = new() { Name = "kubevirt", Namespace = "kubevirt" },
            Spec = new()
            {
                Configuration = Samples
                    .Changed(JsonNode.Parse(configuration)!, changes)
                    .Deserialize(ApiJson.Default.KubeVirtConfiguration),
            },
        };
}
