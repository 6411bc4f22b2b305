using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>Guests whose size is that of an instance type.</summary>
public sealed class InstanceTypeTests(VireoHost host)
{
    private const string Group = "/apis/instancetype.kubevirt.io/v1beta1";
    private const string Types = Group + "/namespaces/default/virtualmachineinstancetypes";
    private const string Preferences = Group + "/namespaces/default/virtualmachinepreferences";

    [Fact]
    public async Task A_guest_has_the_processors_and_the_memory_of_its_type_and_goes_back_to_them()
    {
        await using var guest = new Guest(host, "it-sized");
        await MakeAsync(
            Types,
            """{"metadata":{"name":"it-pair"},"spec":{"cpu":{"guest":2},"memory":{"guest":"160Mi"}}}"""
        );
        await MakeAsync(
            Preferences,
            """
            {"metadata":{"name":"it-cores"},"spec":{"cpu":{"preferredCPUTopology":"cores"},
             "machine":{"preferredMachineType":"pc-q35-7.2"}}}
            """
        );
        await guest.ApplyAsync(
            guest.Document(vm =>
            {
                var spec = vm["spec"]!.AsObject();
                spec["template"]!["spec"]!["domain"]!.AsObject().Remove("memory");
                spec["instancetype"] = JsonNode.Parse("""{"name":"it-pair","kind":"VirtualMachineInstancetype"}""");
                spec["preference"] = JsonNode.Parse("""{"name":"it-cores","kind":"VirtualMachinePreference"}""");
            })
        );

        var first = await guest.BootedAsync();
        (first.Vcpus, first.MemoryMib).ShouldBe((2, 160));
        (await guest.RunningTypeAsync()).ShouldBe("pc-q35-7.2");
        var kept = (string?)(await guest.VmAsync())!["status"]!["instancetypeRef"]!["controllerRevisionRef"]!["name"];

        await guest.StopAsync();
        await guest.PatchAsync("""{"spec":{"instancetype":{"name":"u1.nano","kind":null},"preference":null}}""");
        await MergeTypeAsync("""{"spec":{"memory":{"guest":"64Mi"}}}""");
        (await guest.ActAsync("start")).ShouldBe(202);
        var second = await guest.BootedAsync();
        (second.Vcpus, second.MemoryMib).ShouldBe((1, 512));
        (await guest.RunningTypeAsync()).ShouldBe("pc-q35-7.2", "what the guest knows is kept");

        await guest.StopAsync();
        await guest.PatchAsync(
            $$"""
            {"spec":{"instancetype":{"name":"it-pair","kind":"VirtualMachineInstancetype","revisionName":"{{kept}}"} } }
            """
        );
        (await guest.ActAsync("start")).ShouldBe(202);
        var third = await guest.BootedAsync();
        (third.Vcpus, third.MemoryMib).ShouldBe((2, 160));
    }

    private async Task MakeAsync(string path, string body) =>
        (await host.Api.SendAsync(HttpMethod.Post, path, body)).ShouldBe(201);

    private async Task MergeTypeAsync(string patch) =>
        (await host.Api.PatchAsync($"{Types}/it-pair", patch)).ShouldBe(200);
}
