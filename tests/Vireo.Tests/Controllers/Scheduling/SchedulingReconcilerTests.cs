using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.Scheduling;

/// <summary>Placement, on hosts that exist only as objects: each test removes its own.</summary>
public sealed class SchedulingReconcilerTests(ControlPlane plane) : IClassFixture<ControlPlane>, IAsyncLifetime
{
    private const string Name = "host1";

    private string _space = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _space = await plane.MakeNamespaceAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in Instances)
        {
            var key = ResourceKey.Of(instance);
            // There is no agent that could let it go.
            await plane.Client.ChangeAsync<VirtualMachineInstance>(
                key,
                seen => seen with { Metadata = seen.Metadata with { Finalizers = [] } },
                Ct
            );
            await plane.Client.DeleteAsync<VirtualMachineInstance>(key, null, Ct);
            await plane.UntilGoneAsync<VirtualMachineInstance>(key.Name, _space);
        }

        await plane.Client.DeleteAsync<Host>(new(null, Name), null, Ct);
        await plane.Client.DeleteAsync<Node>(new(null, Name), null, Ct);
        await plane.Client.DeleteAsync<Lease>(new("kube-node-lease", Name), null, Ct);
        await Eventually.HoldsAsync(() =>
            plane.Find<Lease>(Name, "kube-node-lease") is null && plane.Find<Host>(Name) is null
        );
    }

    [Fact]
    public async Task Without_a_host_an_instance_says_so_and_is_placed_when_one_appears()
    {
        await MakeAsync();
        await UntilToldAsync("there is no host");

        await AddHostAsync();

        var placed = await UntilPlacedAsync();
        placed.Metadata.Labels![KubeVirtNames.NodeNameLabel].ShouldBe(Name);
        placed.Status!.Phase.ShouldBe(VirtualMachineInstancePhase.Scheduled);
        Conditions.Find(placed.Status.Conditions, "PodScheduled").ShouldBeNull();
    }

    [Fact]
    public async Task Of_instances_created_at_once_only_as_many_are_placed_as_there_is_room_for()
    {
        const int count = 6;
        await AddHostAsync(memory: "1Gi");
        await Task.WhenAll(
            Enumerable.Range(0, count).Select(index => plane.User.CreateAsync(Large($"vm-{index}"), Ct))
        );

        await Eventually.HoldsAsync(() =>
            Instances.Count(IsPlaced) == 1 && Instances.Count(instance => WhyNot(instance) is not null) == count - 1
        );

        WhyNot(Instances.First(instance => !IsPlaced(instance)))!.ShouldContain("of memory free");
    }

    [Fact]
    public async Task Room_that_becomes_free_is_given_away_at_once()
    {
        await AddHostAsync(memory: "1Gi");
        await plane.User.CreateAsync(Large("first"), Ct);
        await plane.UntilAsync<VirtualMachineInstance>("first", _space, IsPlaced);
        await plane.User.CreateAsync(Large("vm"), Ct);
        await UntilToldAsync("of memory free");

        await plane.Client.ChangeAsync<VirtualMachineInstance>(
            new(_space, "first"),
            seen => seen with { Status = seen.Status! with { Phase = VirtualMachineInstancePhase.Succeeded } },
            Ct
        );

        await UntilPlacedAsync();
    }

    [Fact]
    public async Task A_host_that_is_not_ready_gets_nothing_until_it_is()
    {
        await AddHostAsync(ready: "False");
        await MakeAsync();
        await UntilToldAsync("host1 is not Ready");

        await plane.Client.ChangeStatusAsync<Host>(
            new(null, Name),
            seen => seen with { Status = Objects.Offer("True") },
            Ct
        );

        await UntilPlacedAsync();
    }

    [Fact]
    public async Task A_host_whose_agent_is_silent_gets_nothing_until_it_reports()
    {
        await AddHostAsync(leaseAge: TimeSpan.FromMinutes(1));
        await MakeAsync();
        await UntilToldAsync("host1 is not heard of");
        await plane.UntilAsync<Host>(Name, null, found => !Conditions.IsTrue(found.Status?.Conditions, "Ready"));

        await plane.Client.ChangeAsync<Lease>(
            new("kube-node-lease", Name),
            seen => seen with { Spec = Objects.RenewedBefore(TimeSpan.Zero) },
            Ct
        );
        await UntilToldAsync("host1 is not Ready");
        await plane.Client.ChangeStatusAsync<Host>(
            new(null, Name),
            seen => seen with { Status = Objects.Offer("True") },
            Ct
        );

        await UntilPlacedAsync();
    }

    [Fact]
    public async Task A_host_whose_node_is_cordoned_gets_nothing_until_it_is_free_again()
    {
        await AddHostAsync();
        await CordonAsync(true);
        await MakeAsync();
        await UntilToldAsync("host1 is cordoned");

        await CordonAsync(null);

        await UntilPlacedAsync();
    }

    [Fact]
    public async Task An_instance_that_asks_for_a_label_waits_until_a_node_bears_it()
    {
        await AddHostAsync();
        var wanted = new Dictionary<string, string> { ["disk"] = "fast" };
        await MakeAsync(spec => spec with { NodeSelector = wanted });
        await UntilToldAsync("host1 lacks the label disk=fast");

        await plane.Client.ChangeAsync<Node>(
            new(null, Name),
            seen => seen with { Metadata = seen.Metadata with { Labels = wanted } },
            Ct
        );

        await UntilPlacedAsync();
    }

    [Fact]
    public async Task An_instance_that_is_deleted_before_it_was_placed_goes()
    {
        await MakeAsync();
        await UntilToldAsync("there is no host");

        await plane.User.DeleteAsync<VirtualMachineInstance>(new(_space, "vm"), null, Ct);

        await plane.UntilGoneAsync<VirtualMachineInstance>("vm", _space);
    }

    private IReadOnlyList<VirtualMachineInstance> Instances => plane.All<VirtualMachineInstance>(_space);

    private static bool IsPlaced(VirtualMachineInstance instance) => instance.Status?.NodeName == Name;

    private static string? WhyNot(VirtualMachineInstance instance) =>
        Conditions.Find(instance.Status?.Conditions, "PodScheduled")?.Message;

    private Task UntilToldAsync(string message) =>
        plane.UntilAsync<VirtualMachineInstance>(
            "vm",
            _space,
            found => WhyNot(found)?.Contains(message, StringComparison.Ordinal) == true
        );

    private Task<VirtualMachineInstance> UntilPlacedAsync() =>
        plane.UntilAsync<VirtualMachineInstance>("vm", _space, IsPlaced);

    private Task MakeAsync(Func<VirtualMachineInstanceSpec, VirtualMachineInstanceSpec>? change = null)
    {
        var instance = Objects.Instance("vm", _space);
        return plane.User.CreateAsync(instance with { Spec = change?.Invoke(instance.Spec) ?? instance.Spec }, Ct);
    }

    private VirtualMachineInstance Large(string name) =>
        Objects.Instance(name, _space) with
        {
            Spec = Objects.InstanceSpec("512Mi"),
        };

    private async Task CordonAsync(bool? isCordoned) =>
        await plane.SeenAsync(
            await plane.User.PatchAsync<Node>(
                new(null, Name),
                Patch.Merge(new JsonObject { ["spec"] = new JsonObject { ["unschedulable"] = isCordoned } }),
                Ct
            )
        );

    private Task AddHostAsync(string memory = "8Gi", string ready = "True", TimeSpan leaseAge = default) =>
        plane.AddHostAsync(Name, Objects.Offer(ready, memory), Objects.RenewedBefore(leaseAge));
}
