using Vireo.Api;
using static Vireo.Tests.Rules.TemplateErrors;

namespace Vireo.Tests.Rules;

/// <summary>Each row: a change to a valid template, and the one error it must cause.</summary>
public class ComputeRulesTests
{
    [Theory]
    [InlineData(
        "domain.machine.type",
        "\"microvm\"",
        "domain.machine.type",
        "spec.template.spec.domain.machine.type is not supported: microvm (allowed values: [q35* pc-q35* pc pc-i440fx*])"
    )]
    [InlineData("domain.machine.type", "\"pc-q35-9.2;\"", "domain.machine.type", "is not supported: pc-q35-9.2;")]
    [InlineData("domain.machine.type", "\"Q35\"", "domain.machine.type", "is not supported: Q35")]
    [InlineData(
        "domain.memory",
        "",
        "domain.memory.guest",
        "no memory requested, at least one of 'spec.template.spec.domain.memory.guest', 'spec.template.spec.domain.memory.hugepages.pageSize' or 'spec.template.spec.domain.resources.requests.memory' must be set"
    )]
    [InlineData("domain.memory.guest", "\"0\"", "domain.memory.guest", "must be greater than 0")]
    [InlineData("domain.memory.guest", "\"-1Gi\"", "domain.memory.guest", "must be greater than 0")]
    [InlineData("domain.memory.guest", "\"512Ki\"", "domain.memory.guest", "must be 1Mi or more")]
    [InlineData(
        "domain.memory.maxGuest",
        "\"64Mi\"",
        "domain.memory.guest",
        "Guest memory is greater than the configured maxGuest memory"
    )]
    [InlineData(
        "domain.resources.requests.memory",
        "\"999k\"",
        "domain.resources.requests.memory",
        "must be 1M or more"
    )]
    [InlineData(
        "domain.resources.requests.memory",
        "\"-1\"",
        "domain.resources.requests.memory",
        "must not be negative"
    )]
    [InlineData("domain.resources.limits.cpu", "\"-1\"", "domain.resources.limits.cpu", "must not be negative")]
    [InlineData(
        "domain.resources.limits",
        """{ "nvidia.com/gpu": "1" }""",
        "domain.resources.limits.nvidia.com/gpu",
        "is not implemented"
    )]
    [InlineData(
        "domain.resources",
        """{ "requests": { "memory": "2Gi" }, "limits": { "memory": "1Gi" } }""",
        "domain.resources.requests.memory",
        "'2Gi' is greater than spec.template.spec.domain.resources.limits.memory '1Gi'"
    )]
    [InlineData("domain.cpu.cores", "513", "domain.cpu.cores", "above 512")]
    [InlineData("domain.cpu.threads", "-1", "domain.cpu.threads", "must not be negative")]
    [InlineData("domain.cpu.maxSockets", "513", "domain.cpu.maxSockets", "above 512")]
    [InlineData("domain.cpu", """{ "sockets": 27, "cores": 19 }""", "domain.cpu", "are 513 vCPUs; at most 512")]
    [InlineData(
        "domain.cpu",
        """{ "sockets": 3, "maxSockets": 2 }""",
        "domain.cpu.sockets",
        "Number of sockets in CPU topology is greater than the maximum sockets allowed"
    )]
    [InlineData("domain.cpu.model", "\"a b\"", "domain.cpu.model", "is no processor model")]
    [InlineData(
        "domain.cpu.features",
        """[{ "name": "" }]""",
        "domain.cpu.features[0].name",
        "is no processor feature"
    )]
    [InlineData(
        "domain.cpu.features",
        """[{ "name": "vmx", "policy": "maybe" }]""",
        "domain.cpu.features[0].policy",
        "use force, require, optional, disable or forbid"
    )]
    [InlineData(
        "domain.cpu.features",
        """[{ "name": "vmx" }, { "name": "vmx" }]""",
        "domain.cpu.features[1].name",
        "must not have the same Name"
    )]
    public void A_size_is_refused_by_its_field(string path, string json, string field, string text)
    {
        ShouldBeTheOnlyError(Errors(default, (path, json)), field, text);
    }

    [Fact]
    public void The_cluster_says_which_machine_types_are_allowed()
    {
        var configuration = new KubeVirtConfiguration
        {
            ArchitectureConfiguration = new() { Amd64 = new() { EmulatedMachines = ["pc-q35-9.?"] } },
        };

        Errors(configuration, ("domain.machine.type", "\"pc-q35-9.2\"")).ShouldBeEmpty();
        Errors(configuration, ("domain.machine.type", "\"pc-q35-10.0\""))
            .ShouldHaveSingleItem()
            .Message.ShouldEndWith("is not supported: pc-q35-10.0 (allowed values: [pc-q35-9.?])");
    }

    [Fact]
    public void A_guest_above_its_limit_is_warned_of()
    {
        var machine = Samples.MachineWith(("domain.resources.limits.memory", "\"64Mi\""));

        var result = Samples.Review(machine);
        result.Errors.ShouldBeEmpty();
        result.Warnings.ShouldHaveSingleItem().ShouldContain("guest (128Mi) is above");
    }
}
