using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.VirtualMachineInstanceConfigs;

public sealed class ConfigReconcilerTests(ControlPlane plane) : IClassFixture<ControlPlane>, IAsyncLifetime
{
    private const string Hold = "test.vireo.dev/hold";

    private string _space = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _space = await plane.MakeNamespaceAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_configuration_lists_the_instances_that_were_made_from_it()
    {
        var config = await MakeAsync();
        await UntilAsync(found => found.Status is { ObservedGeneration: 1, Instances: [] });
        var second = await StartAsync(config, "b", generation: 1);
        var first = await StartAsync(config, "a", generation: 1);
        await plane.User.CreateAsync(Objects.Instance("stranger", _space), Ct);

        var told = await UntilAsync(found => found.Status?.Instances is [_, _]);

        told.Status!.Instances!.Select(one => (one.Name, one.Uid, one.Generation))
            .ShouldBe([("a", first.Metadata.Uid, 1), ("b", second.Metadata.Uid, 1)]);
        told.Status.Instances![0].Phase.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_changed_configuration_tells_which_instances_are_older_and_changes_none()
    {
        var config = await MakeAsync();
        var instance = await StartAsync(config, "a", generation: 1);

        await plane.User.PatchAsync<VirtualMachineInstanceConfig>(
            new(_space, "config"),
            Patch.Merge(JsonNode.Parse("""{"spec":{"template":{"spec":{"hostname":"other"} } } }""")!),
            Ct
        );

        var told = await UntilAsync(found => found.Status is { ObservedGeneration: 2, Instances: [_] });
        told.Status!.Instances![0].Generation.ShouldBe(1);
        var same = plane.Find<VirtualMachineInstance>("a", _space)!;
        (same.Metadata.Uid, same.Spec.Hostname).ShouldBe((instance.Metadata.Uid, null));
    }

    [Fact]
    public async Task An_instance_that_is_deleted_by_hand_stays_away()
    {
        var config = await MakeAsync();
        var instance = await StartAsync(config, "a", generation: 1);
        await UntilAsync(found => found.Status?.Instances is [_]);

        await plane.User.DeleteAsync<VirtualMachineInstance>(new(_space, "a"), null, Ct);

        await UntilAsync(found => found.Status?.Instances is []);
        await plane.UntilGoneAsync<VirtualMachineInstance>("a", _space);
        plane
            .Writes.OfType<VirtualMachineInstance>()
            .Where(one => one.Metadata.Namespace == _space)
            .ShouldAllBe(one => one.Metadata.Uid == instance.Metadata.Uid);
    }

    [Fact]
    public async Task A_configuration_that_is_deleted_takes_its_instances_with_it()
    {
        await StartAsync(await MakeAsync(), "a", generation: 1);

        await DeleteAsync("Background");

        await plane.UntilGoneAsync<VirtualMachineInstanceConfig>("config", _space);
        await plane.UntilGoneAsync<VirtualMachineInstance>("a", _space);
    }

    [Fact]
    public async Task Instances_whose_configuration_is_deleted_alone_stay_without_owner()
    {
        var instance = await StartAsync(await MakeAsync(), "a", generation: 1);

        await DeleteAsync("Orphan");

        await plane.UntilGoneAsync<VirtualMachineInstanceConfig>("config", _space);
        var left = await plane.UntilAsync<VirtualMachineInstance>(
            "a",
            _space,
            found => found.Metadata.OwnerReferences is null or []
        );
        left.Metadata.Uid.ShouldBe(instance.Metadata.Uid);
        left.Metadata.DeletionTimestamp.ShouldBeNull();
    }

    [Fact]
    public async Task A_configuration_that_is_deleted_in_the_foreground_waits_for_its_instances()
    {
        await StartAsync(await MakeAsync(), "a", generation: 1, Hold);

        await DeleteAsync("Foreground");

        await plane.UntilAsync<VirtualMachineInstance>(
            "a",
            _space,
            found => found.Metadata is { DeletionTimestamp: not null, Finalizers: [Hold] }
        );
        plane.Find<VirtualMachineInstanceConfig>("config", _space)!.Metadata.DeletionTimestamp.ShouldNotBeNull();
        await plane.User.PatchAsync<VirtualMachineInstance>(
            new(_space, "a"),
            Patch.Merge(JsonNode.Parse("""{"metadata":{"finalizers":null} }""")!),
            Ct
        );
        await plane.UntilGoneAsync<VirtualMachineInstanceConfig>("config", _space);
    }

    private Task<VirtualMachineInstanceConfig> MakeAsync() =>
        plane.User.CreateAsync(
            new VirtualMachineInstanceConfig
            {
                Metadata = new() { Name = "config", Namespace = _space },
                Spec = new() { Template = new() { Spec = Objects.InstanceSpec() } },
            },
            Ct
        );

    /// <summary>As the start subresource does it.</summary>
    private Task<VirtualMachineInstance> StartAsync(
        VirtualMachineInstanceConfig config,
        string name,
        int generation,
        params string[] finalizers
    )
    {
        var instance = Objects.Instance(name, _space);
        var metadata = instance.Metadata with
        {
            Finalizers = finalizers,
            Annotations = new Dictionary<string, string> { ["kubevirt.io/vm-generation"] = $"{generation}" },
            OwnerReferences = [Objects.Owner(config) with { Controller = true, BlockOwnerDeletion = true }],
        };
        return plane.Client.CreateAsync(instance with { Metadata = metadata }, Ct);
    }

    private Task<VirtualMachineInstanceConfig> UntilAsync(Func<VirtualMachineInstanceConfig, bool> isSo) =>
        plane.UntilAsync("config", _space, isSo);

    private Task DeleteAsync(string propagation) =>
        plane.User.DeleteAsync<VirtualMachineInstanceConfig>(new(_space, "config"), Objects.Delete(propagation), Ct);
}
