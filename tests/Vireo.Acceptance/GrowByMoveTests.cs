namespace Vireo.Acceptance;

/// <summary>Guests that get what they are to have by moving to another host, and keep it wherever they go.</summary>
[Collection(MovingCollection.Name)]
public sealed class GrowByMoveTests(MovingGuest mover)
{
    private const string Image = "registry:5000/kubevirt/alpine-container-disk-demo:devel";
    private const string Instance = $"{Api.Kubevirt}/virtualmachineinstances/alpine";

    /// <summary>Command by command as design 1 has it; the waits have more time, for guests without KVM.</summary>
    private const string Transcript = """
        kubectl patch kv/kubevirt -n kubevirt --type merge -p '{"spec":{"workloadUpdateStrategy":{"workloadUpdateMethods":["LiveMigrate"]},"configuration":{"developerConfiguration":{"featureGates": ["VMLiveUpdateFeatures"]},"vmRolloutStrategy": "LiveUpdate", "liveUpdateConfiguration": {"maxGuest": "8Gi"}}}}'
        kubectl apply -f examples/alpine-vm.yaml
        kubectl wait vms/alpine --for=condition=Ready --timeout=120s
        kubectl wait vmis/alpine --for=jsonpath='{.spec.domain.memory.guest}'="512Mi"
        kubectl wait vmis/alpine --for=jsonpath='{.status.memory.guestAtBoot}'="512Mi"
        kubectl wait vmis/alpine --for=jsonpath='{.status.memory.guestRequested}'="512Mi"
        kubectl wait vmis/alpine --for=jsonpath='{.status.memory.guestCurrent}'="512Mi"
        kubectl patch vms/alpine --type merge -p '{"spec":{"instancetype":{"name":"u1.micro","revisionName":""}}}'
        kubectl wait vmis/alpine --for=condition=HotMemoryChange
        while ! kubectl get virtualmachineinstancemigrations -l kubevirt.io/vmi-name=alpine; do
          sleep 1
        done
        kubectl wait virtualmachineinstancemigrations -l kubevirt.io/vmi-name=alpine --for=jsonpath='{.status.phase}'="Succeeded" --timeout=120s
        kubectl wait vmis/alpine --for=jsonpath='{.status.memory.guestAtBoot}'="512Mi"
        kubectl wait vmis/alpine --for=jsonpath='{.status.memory.guestRequested}'="1Gi"
        kubectl wait vmis/alpine --for=jsonpath='{.status.memory.guestCurrent}'="1Gi" --timeout=90s
        """;

    private const string Processors = """
        kubectl apply -f - <<EOF
        {"apiVersion":"instancetype.kubevirt.io/v1beta1","kind":"VirtualMachineInstancetype","metadata":{"name":"two"},
         "spec":{"cpu":{"guest":2},"memory":{"guest":"1Gi"} } }
        EOF
        vireo vm update-instance-type alpine virtualmachineinstancetype/two --wait
        """;

    private const string Restored =
        """{"spec":{"workloadUpdateStrategy":null,"configuration":{"evictionStrategy":null,"developerConfiguration":{"featureGates":["HostDisk"]},"vmRolloutStrategy":null,"liveUpdateConfiguration":null} } }""";

    [Fact]
    public async Task Memory_and_processors_come_by_moves_stay_with_the_guest_and_leave_a_drained_host_with_it()
    {
        const string Evict = """{"spec":{"configuration":{"evictionStrategy":"LiveMigrate"} } }""";
        await mover.Hosts.LoadImageAsync(Checkout.TinyGuest, "--name", Image);
        (await mover.Hosts.Api.PatchAsync(MovingGuest.Installation, Evict)).ShouldBe(200);
        try
        {
            (await mover.Hosts.TypeAsync(Transcript)).ShouldSucceed();
            var first = await HasAsync(processors: 1);
            (await MovesAsync()).ShouldBe(["Succeeded"]);

            (await mover.Hosts.TypeAsync(Processors)).ShouldSucceed();
            var second = await HasAsync(processors: 2);
            second.ShouldBe(TwoHosts.OtherThan(first), "the memory that was plugged moved on with it");

            var drained = await mover.Hosts.TypeAsync($"vireo host drain {second} --wait");
            drained.ExitCode.ShouldBe(await mover.HostAsync() == second ? 7 : 0, drained.Error);
            drained.Output.ShouldContain("moves");
            (await HasAsync(processors: 2)).ShouldBe(first);
            (await MovesAsync()).ShouldBe(["Succeeded", "Succeeded", "Succeeded"]);
            (await mover.Hosts.TypeAsync($"vireo host uncordon {second}")).ShouldSucceed();
        }
        finally
        {
            await mover.Hosts.Api.SendAsync(HttpMethod.Delete, $"{Api.Kubevirt}/virtualmachines/alpine");
            (await mover.Hosts.Api.PatchAsync(MovingGuest.Installation, Restored)).ShouldBe(200);
        }
    }

    /// <summary>Waits until the guest itself counts 1 GiB and this many processors; gives its one host.</summary>
    private async Task<string> HasAsync(int processors)
    {
        await Eventually.Sees(
            () => mover.AskAsync("echo $(nproc) $(guest-info --memory)", "alpine"),
            said => said == $"{processors} 1024",
            $"the guest has {processors} processors and 1024 MiB; {mover.Hosts.ReadLog()}"
        );
        var (host, state) = (await mover.Hosts.DomainsAsync("alpine")).ShouldHaveSingleItem();
        state.ShouldBe("running");
        var vmi = (await mover.Hosts.Api.FindAsync(Instance))!;
        ((string?)vmi["status"]!["nodeName"]).ShouldBe(host);
        ((int?)vmi["status"]!["currentCPUTopology"]!["sockets"]).ShouldBe(processors);
        ((string?)vmi["status"]!["memory"]!["guestCurrent"]).ShouldBe("1Gi");
        return host;
    }

    private async Task<IReadOnlyList<string?>> MovesAsync()
    {
        var all = await mover.Hosts.Api.FindAsync(
            $"{Api.Kubevirt}/virtualmachineinstancemigrations?labelSelector=kubevirt.io/vmi-name=alpine"
        );
        return [.. all!["items"]!.AsArray().Select(move => (string?)move!["status"]?["phase"])];
    }
}
