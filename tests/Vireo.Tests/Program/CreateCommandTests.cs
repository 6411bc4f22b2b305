using System.Net;
using System.Text.Json.Nodes;
using Vireo.Runtime;
using Vireo.Tests.ApiServer;

namespace Vireo.Tests.Program;

/// <summary>`vireo create`: manifests that the server takes.</summary>
public sealed class CreateCommandTests : IAsyncLifetime
{
    private const string Types = "/apis/instancetype.kubevirt.io/v1beta1";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_machine_is_written_with_what_was_given_and_can_be_made()
    {
        var key = "ssh-ed25519_AAAA";

        var machine = await WrittenAsync(
            "create vm --memory 1Gi --cpu 2 --run-strategy Halted "
                + "--volume-containerdisk src:quay.io/vireo/tiny:1.0,name:root,bootorder:1 "
                + $"--user alpine --ssh-key {key}"
        );

        machine["spec"]!["runStrategy"]!.ToString().ShouldBe("Halted");
        var spec = machine["spec"]!["template"]!["spec"]!;
        spec["domain"]!["memory"]!["guest"]!.ToString().ShouldBe("1Gi");
        spec["domain"]!["cpu"]!["sockets"]!.GetValue<long>().ShouldBe(2);
        spec["domain"]!["devices"]!["disks"]![0]!["bootOrder"]!.GetValue<int>().ShouldBe(1);
        spec["terminationGracePeriodSeconds"]!.GetValue<long>().ShouldBe(180);
        spec["volumes"]![0]!["containerDisk"]!["image"]!.ToString().ShouldBe("quay.io/vireo/tiny:1.0");
        spec["volumes"]![1]!["cloudInitNoCloud"]!["userData"]!
            .ToString()
            .ShouldBe($"#cloud-config\nuser: \"alpine\"\nssh_authorized_keys:\n  - \"{key}\"\n");
        var made = await _server.PostAsync(RunningServer.Vms, machine.ToJsonString());
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);
    }

    [Fact]
    public async Task A_machine_of_an_instance_type_says_nothing_of_its_size()
    {
        var machine = await WrittenAsync(
            "create vm -n shop --instancetype u1.small --preference virtualmachinepreferences/mine"
        );

        machine["metadata"]!["namespace"]!.ToString().ShouldBe("shop");
        machine["spec"]!["instancetype"]!
            .ToJsonString()
            .ShouldBe("""{"name":"u1.small","kind":"VirtualMachineClusterInstancetype"}""");
        machine["spec"]!["preference"]!
            .ToJsonString()
            .ShouldBe("""{"name":"mine","kind":"VirtualMachinePreference"}""");
        machine["spec"]!["template"]!["spec"]!["domain"]!.ToJsonString().ShouldBe("""{"devices":{}}""");
    }

    [Fact]
    public async Task A_machine_without_a_name_is_given_one() =>
        (await RunningProgram.RunAsync("create vm")).Output.ShouldMatch("\\n  name: vm-[a-z0-9]{5}\\n");

    [Fact]
    public async Task A_volume_may_name_the_type() =>
        (
            await WrittenAsync(
                "create vm --infer-instancetype-from root --volume-containerdisk src:quay.io/vireo/tiny:1.0,name:root"
            )
        )["spec"]!["instancetype"]!
            .ToJsonString()
            .ShouldBe("""{"inferFromVolume":"root"}""");

    [Theory]
    [InlineData("--memory 0", "--memory: '0' is no amount")]
    [InlineData("--memory lots", "--memory: 'lots' is no amount")]
    [InlineData("--cpu 0", "--cpu: 0 is no count")]
    [InlineData("--instancetype pods/x", "'pods/x' names no instance type")]
    [InlineData("--instancetype a/b/c", "'a/b/c' names no instance type")]
    [InlineData("--instancetype u1.small --memory 1Gi", "memory.guest conflicts with selected instance type")]
    [InlineData("--instancetype u1.small --infer-instancetype-from root", "give one of the two")]
    [InlineData("--volume-containerdisk tiny", "write src:IMAGE")]
    [InlineData("--volume-containerdisk src:a,bootorder:0", "write src:IMAGE")]
    [InlineData("--name Web", "metadata.name")]
    [InlineData("--cloud-init-user-data ???", "this is no base64")]
    [InlineData("--cloud-init-user-data YQ== --user a", "leave out --user")]
    public async Task What_makes_no_machine_is_refused(string options, string says)
    {
        var refused = await RunningProgram.RunAsync($"create vm {options}");

        refused.ExitCode.ShouldBe(2, refused.Error);
        refused.Error.ShouldContain(says);
        refused.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Instance_types_are_written_for_a_namespace_or_the_cluster_and_can_be_made()
    {
        var type = await WrittenAsync(
            "create instancetype --cpu 2 --memory 1Gi --max-sockets 8 --max-guest 4Gi "
                + "--overcommit-percent 50 --cpu-model host-model"
        );
        var own = await WrittenAsync("create instancetype --cpu 1 --memory 1Gi --namespaced -n default");

        type["spec"]!
            .ToJsonString()
            .ShouldBe(
                """{"cpu":{"guest":2,"maxSockets":8,"model":"host-model"},"memory":{"guest":"1Gi","maxGuest":"4Gi","""
                    + "\"overcommitPercent\":50}}"
            );
        await MakeAsync("virtualmachineclusterinstancetypes", type);
        await MakeAsync("namespaces/default/virtualmachineinstancetypes", own);
    }

    [Fact]
    public async Task Preferences_are_written_for_a_namespace_or_the_cluster_and_can_be_made()
    {
        var preference = await WrittenAsync(
            "create preference --cpu-topology cores --machine-type q35 --disk-bus virtio "
                + "--interface-model e1000e --min-cpu 2 --min-memory 4Gi"
        );
        var own = await WrittenAsync("create preference --namespaced -n default");

        preference["spec"]!["cpu"]!["preferredCPUTopology"]!.ToString().ShouldBe("cores");
        preference["spec"]!["requirements"]!
            .ToJsonString()
            .ShouldBe("""{"cpu":{"guest":2},"memory":{"guest":"4Gi"}}""");
        await MakeAsync("virtualmachineclusterpreferences", preference);
        await MakeAsync("namespaces/default/virtualmachinepreferences", own);
    }

    [Theory]
    [InlineData("create instancetype --cpu 1", "--memory")]
    [InlineData("create instancetype --cpu 1 --memory 1Gi --overcommit-percent 101", "is not from 0 to 100")]
    [InlineData("create preference --cpu-topology heap", "heap")]
    public async Task What_makes_no_type_and_no_preference_is_refused(string line, string says)
    {
        var refused = await RunningProgram.RunAsync(line);

        refused.ExitCode.ShouldBe(2, refused.Error);
        (refused.Error + refused.Output).ShouldContain(says);
    }

    private async Task MakeAsync(string collection, JsonNode manifest)
    {
        var made = await _server.PostAsync($"{Types}/{collection}", manifest.ToJsonString());
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);
    }

    /// <summary>What a line writes, read from JSON; as YAML it is the same.</summary>
    private static async Task<JsonObject> WrittenAsync(string line)
    {
        var json = await RunningProgram.RunAsync($"{line} --name one -o json");
        json.ExitCode.ShouldBe(0, json.Error);
        var manifest = JsonNode.Parse(json.Output)!.AsObject();
        var yaml = await RunningProgram.RunAsync($"{line} --name one");
        JsonNode.DeepEquals(Yaml.ToJson(yaml.Output).ShouldHaveSingleItem(), manifest).ShouldBeTrue(yaml.Output);
        return manifest;
    }
}
