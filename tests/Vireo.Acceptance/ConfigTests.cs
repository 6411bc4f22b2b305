using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>Configurations and the instances that are made from them.</summary>
public sealed class ConfigTests(VireoHost host)
{
    private const string Configs = $"{Api.Kubevirt}/virtualmachineinstanceconfigs";
    private const string Instances = $"{Api.Kubevirt}/virtualmachineinstances";

    [Fact]
    public async Task The_flow_of_the_design_step_by_step()
    {
        await using var config = await CreateAsync("cfg-flow");
        (await InstanceAsync("cfg-flow")).ShouldBeNull("a configuration starts nothing by itself");

        (await StartAsync("cfg-flow")).Code.ShouldBeInRange(200, 202);
        var first = await RunsAsync("cfg-flow");
        var owner = first["metadata"]!["ownerReferences"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)owner["kind"]).ShouldBe("VirtualMachineInstanceConfig");
        ((string?)owner["name"]).ShouldBe("cfg-flow");
        ((string?)owner["uid"]).ShouldBe((string?)(await ConfigAsync("cfg-flow"))!["metadata"]!["uid"]);
        ((string?)first["spec"]!["domain"]!["memory"]!["guest"]).ShouldBe("64Mi");
        first["spec"]!["domain"]!["machine"].ShouldNotBeNull("the sparse definition is filled in");

        (await StopAsync("cfg-flow")).Code.ShouldBeInRange(200, 202);
        await GoneAsync("cfg-flow");

        (
            await host.Api.PatchAsync(
                $"{Configs}/cfg-flow",
                """{"spec":{"template":{"spec":{"domain":{"memory":{"guest":"72Mi"}}}}}}"""
            )
        ).ShouldBe(200);
        (await InstanceAsync("cfg-flow")).ShouldBeNull("a change starts nothing");

        (await StartAsync("cfg-flow")).Code.ShouldBeInRange(200, 202);
        var second = await RunsAsync("cfg-flow");
        Uid(second).ShouldNotBe(Uid(first));
        ((string?)second["spec"]!["domain"]!["memory"]!["guest"]).ShouldBe("72Mi");

        (await StopAsync("cfg-flow")).Code.ShouldBeInRange(200, 202);
        await GoneAsync("cfg-flow");
        (await ConfigAsync("cfg-flow")).ShouldNotBeNull();
    }

    [Fact]
    public async Task Two_instances_from_one_configuration_live_apart()
    {
        await using var config = await CreateAsync("cfg-two");

        (await StartAsync("cfg-two", "cfg-two-a")).Code.ShouldBeInRange(200, 202);
        (await StartAsync("cfg-two", "cfg-two-b", HttpMethod.Put)).Code.ShouldBeInRange(200, 202);
        var a = await RunsAsync("cfg-two-a");
        var b = await RunsAsync("cfg-two-b");
        var names = await Eventually.Sees(
            async () => string.Join(' ', Names(await ConfigAsync("cfg-two"))),
            seen => seen == "cfg-two-a cfg-two-b",
            "the configuration lists its instances"
        );
        names.ShouldNotBeEmpty();
        FirmwareUuid(a).ShouldNotBe(FirmwareUuid(b));

        (await StopAsync("cfg-two", "cfg-two-a")).Code.ShouldBeInRange(200, 202);
        await GoneAsync("cfg-two-a");

        Uid((await InstanceAsync("cfg-two-b"))!).ShouldBe(Uid(b));
        (await InstanceAsync("cfg-two")).ShouldBeNull("nothing bears the configuration's own name");
    }

    [Fact]
    public async Task A_change_of_the_configuration_does_not_touch_what_runs_and_runtime_state_stays_with_the_instance()
    {
        await using var config = await CreateAsync("cfg-patch");
        (await StartAsync("cfg-patch")).Code.ShouldBeInRange(200, 202);
        var before = await RunsAsync("cfg-patch");
        var sent = (await ConfigAsync("cfg-patch"))!["spec"]!.ToJsonString();

        (
            await host.Api.PatchAsync(
                $"{Configs}/cfg-patch",
                """{"spec":{"template":{"spec":{"domain":{"memory":{"guest":"80Mi"}}}}}}"""
            )
        ).ShouldBe(200);

        var after = (await InstanceAsync("cfg-patch"))!;
        after["spec"]!.ToJsonString().ShouldBe(before["spec"]!.ToJsonString());
        Uid(after).ShouldBe(Uid(before));
        sent.ShouldNotContain("firmware", Case.Sensitive, "what runs leaves no trace in the configuration");
        sent.ShouldNotContain("pc-q35", Case.Sensitive, "what runs leaves no trace in the configuration");
        ((string?)after["status"]!["machine"]!["type"])!.ShouldStartWith("pc-q35");
    }

    [Fact]
    public async Task Starting_what_runs_and_stopping_what_does_not_is_refused_or_changes_nothing()
    {
        await using var config = await CreateAsync("cfg-twice");
        (await StopAsync("cfg-twice")).ShouldRefuse(409, "Conflict");
        (await StartAsync("cfg-twice")).Code.ShouldBeInRange(200, 202);
        var running = await RunsAsync("cfg-twice");

        (await StartAsync("cfg-twice")).ShouldRefuse(409, "Conflict");

        Uid((await InstanceAsync("cfg-twice"))!).ShouldBe(Uid(running));
        (await StartAsync("cfg-nowhere")).ShouldRefuse(404, "NotFound", "cfg-nowhere");
        (await StartAsync("cfg-twice", "Not_A_Label")).Code.ShouldBeOneOf(400, 422);
    }

    [Fact]
    public async Task An_instance_of_another_owner_is_not_taken()
    {
        await using var vm = await new MicroGuest(host, "cfg-taken").StartAsync();
        var booted = await vm.BootedAsync();
        await using var config = await CreateAsync("cfg-taken");

        (await StartAsync("cfg-taken")).ShouldRefuse(409, "Conflict");
        (await StopAsync("cfg-taken")).ShouldRefuse(409, "Conflict");

        (await vm.LookAsync()).Uid.ShouldBe(booted.Uid);
    }

    [Fact]
    public async Task Nobody_but_the_server_says_who_owns_an_instance()
    {
        await using var config = await CreateAsync("cfg-owner");
        (await StartAsync("cfg-owner")).Code.ShouldBeInRange(200, 202);
        var instance = await RunsAsync("cfg-owner");
        var owner = instance["metadata"]!["ownerReferences"]!.ToJsonString();

        var another = Document("cfg-forged");
        another["kind"] = "VirtualMachineInstance";
        another["spec"] = another["spec"]!["template"]!["spec"]!.DeepClone();
        another["metadata"]!["ownerReferences"] = JsonNode.Parse(owner);
        (await host.Api.SendAsync(HttpMethod.Post, Instances, another.ToJsonString()))
            .ShouldRefuse(422, "Invalid", "ownerReferences")
            .ShouldBlame("metadata.ownerReferences[0]", "set by the server");
        (
            await host.Api.PatchAsync($"{Instances}/cfg-owner", """{"metadata":{"ownerReferences":null}}""")
        ).Code.ShouldBeOneOf(403, 422);

        (await InstanceAsync("cfg-forged")).ShouldBeNull();
        (await InstanceAsync("cfg-owner"))!["metadata"]!["ownerReferences"]!.ToJsonString().ShouldBe(owner);
    }

    [Fact]
    public async Task A_deleted_instance_stays_away_and_a_deleted_configuration_takes_its_instances_along()
    {
        var config = await CreateAsync("cfg-deleted");
        (await StartAsync("cfg-deleted")).Code.ShouldBeInRange(200, 202);
        await RunsAsync("cfg-deleted");

        (await host.KubectlAsync("delete", "vmi", "cfg-deleted", "--timeout=60s")).ShouldSucceed();
        await Eventually.Holds(async () => !Names(await ConfigAsync("cfg-deleted")).Any(), "no instance is listed");
        (await InstanceAsync("cfg-deleted")).ShouldBeNull("what was deleted by hand is not made again");

        (await StartAsync("cfg-deleted")).Code.ShouldBeInRange(200, 202);
        await RunsAsync("cfg-deleted");
        await config.DisposeAsync();
        await GoneAsync("cfg-deleted");
    }

    [Fact]
    public async Task Kubectl_knows_configurations_by_their_short_name()
    {
        await using var config = await CreateAsync("cfg-short");

        (await host.KubectlAsync("get", "vmic", "cfg-short")).ShouldSucceed().Output.ShouldContain("cfg-short");
        (await host.KubectlAsync("explain", "vmic.spec.template")).ShouldSucceed();
        (
            await host.KubectlAsync("get", "--raw", $"{Api.Subresources}/virtualmachineinstanceconfigs/cfg-short/start")
        ).ShouldSucceed();
        await RunsAsync("cfg-short");
    }

    private async Task<Created> CreateAsync(string name)
    {
        (await host.Api.SendAsync(HttpMethod.Post, Configs, Document(name).ToJsonString())).ShouldBe(201);
        return new(host, name);
    }

    private static JsonNode Document(string name) =>
        JsonNode.Parse(
            $$$$"""
            {
              "apiVersion": "kubevirt.io/v1",
              "kind": "VirtualMachineInstanceConfig",
              "metadata": {"name": "{{{{name}}}}"},
              "spec": {"template": {"spec": {
                "domain": {"memory": {"guest": "64Mi"}, "devices": {"autoattachPodInterface": false}},
                "volumes": [{"name": "root", "containerDisk": {"image": "vireo/micro-guest:v1"}}]
              }}}
            }
            """
        )!;

    private Task<ApiAnswer> StartAsync(string config, string? instance = null, HttpMethod? method = null) =>
        ActAsync(config, "start", instance, method);

    private Task<ApiAnswer> StopAsync(string config, string? instance = null) => ActAsync(config, "stop", instance);

    /// <summary>GET, as the design has it, unless told otherwise.</summary>
    private Task<ApiAnswer> ActAsync(string config, string action, string? instance, HttpMethod? method = null) =>
        host.Api.SendAsync(
            method ?? HttpMethod.Get,
            $"{Api.Subresources}/virtualmachineinstanceconfigs/{config}/{action}",
            instance is null ? null : new JsonObject { ["name"] = instance }.ToJsonString()
        );

    private Task<JsonNode?> ConfigAsync(string name) => host.Api.FindAsync($"{Configs}/{name}");

    private Task<JsonNode?> InstanceAsync(string name) => host.Api.FindAsync($"{Instances}/{name}");

    /// <summary>The instance once its guest has booted: before that it would not hear its power button.</summary>
    private async Task<JsonNode> RunsAsync(string name) =>
        (
            await Eventually.Sees(
                () => InstanceAsync(name),
                vmi =>
                    (string?)vmi?["status"]?["phase"] == "Running"
                    && host.ConsoleLog(Uid(vmi)!).Contains(MicroGuest.Banner, StringComparison.Ordinal),
                $"{name} runs"
            )
        )!;

    private Task GoneAsync(string name) =>
        Eventually.Sees(() => InstanceAsync(name), vmi => vmi is null, $"{name} is gone");

    private static IEnumerable<string?> Names(JsonNode? config) =>
        (config?["status"]?["instances"]?.AsArray() ?? []).Select(instance => (string?)instance!["name"]).Order();

    private static string? Uid(JsonNode vmi) => (string?)vmi["metadata"]!["uid"];

    private static string? FirmwareUuid(JsonNode vmi) => (string?)vmi["spec"]!["domain"]!["firmware"]?["uuid"];

    /// <summary>A configuration of a test: gone after it, with its instances.</summary>
    private sealed class Created(VireoHost host, string name) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() =>
            await host.KubectlAsync("delete", "vmic", name, "--ignore-not-found", "--timeout=60s");
    }
}
