using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Api;
using Vireo.Controllers.GarbageCollection;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.GarbageCollection;

/// <summary>A collector that has not heard of everything yet: two kinds are never heard of at one moment.</summary>
public sealed class StaleGraphTests(ControlPlane plane) : IClassFixture<ControlPlane>, IAsyncLifetime
{
    private readonly OwnerGraph _graph = new();
    private string _space = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ResourceKey Owner => new(_space, "owner");

    private ResourceKey Owned => new(_space, "owned");

    public async ValueTask InitializeAsync()
    {
        _space = await plane.MakeNamespaceAsync();
        await plane.StopControllersAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task What_was_let_go_is_kept_although_the_collector_only_heard_that_its_owner_is_gone()
    {
        var owner = await MakeOwnerAsync();
        var owned = await plane.User.CreateAsync(Objects.ConfigMap("owned", _space, Objects.Owner(owner)), Ct);
        Hear<ConfigMap>(owned);
        await plane.User.PatchAsync<ConfigMap>(
            Owned,
            Patch.Merge(JsonNode.Parse("""{"metadata":{"ownerReferences":null} }""")!),
            Ct
        );
        await plane.User.DeleteAsync<Secret>(Owner, null, Ct);

        await CollectAsync(owned);

        (await plane.User.FindAsync<ConfigMap>(Owned, Ct)).ShouldNotBeNull();
    }

    [Fact]
    public async Task An_owner_waits_for_dependents_that_the_collector_has_not_heard_of_to_be_let_go()
    {
        var owner = await MakeOwnerAsync();
        await plane.User.CreateAsync(Objects.ConfigMap("owned", _space, Objects.Owner(owner)), Ct);
        await plane.User.DeleteAsync<Secret>(Owner, Objects.Delete("Orphan"), Ct);
        Hear<Secret>((await plane.User.FindAsync<Secret>(Owner, Ct))!);

        (await CollectAsync(owner)).ShouldBe(Outcome.Progressed);

        (await plane.User.FindAsync<Secret>(Owner, Ct)).ShouldNotBeNull();
        ((await plane.User.FindAsync<ConfigMap>(Owned, Ct))!.Metadata.OwnerReferences ?? []).ShouldBeEmpty();
        await CollectAsync(owner);
        (await plane.User.FindAsync<Secret>(Owner, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task What_was_made_anew_under_the_same_name_is_kept()
    {
        var owner = await MakeOwnerAsync();
        var first = await plane.User.CreateAsync(Objects.ConfigMap("owned", _space, Objects.Owner(owner)), Ct);
        Hear<ConfigMap>(first);
        await plane.User.DeleteAsync<Secret>(Owner, null, Ct);
        await plane.User.DeleteAsync<ConfigMap>(Owned, null, Ct);
        var second = await plane.User.CreateAsync(Objects.ConfigMap("owned", _space), Ct);

        await CollectAsync(first);

        (await plane.User.FindAsync<ConfigMap>(Owned, Ct))!.Metadata.Uid.ShouldBe(second.Metadata.Uid);
    }

    private Task<Secret> MakeOwnerAsync() =>
        plane.User.CreateAsync(
            new Secret
            {
                Metadata = new() { Name = "owner", Namespace = _space },
            },
            Ct
        );

    private void Hear<T>(T resource)
        where T : class, IResource => _ = _graph.Observe(new KindAccess<T>(plane.Client), null, resource.Metadata);

    private Task<Outcome> CollectAsync(IResource resource)
    {
        KindAccess[] kinds = [new KindAccess<Secret>(plane.Client), new KindAccess<ConfigMap>(plane.Client)];
        var recorder = new EventRecorder(plane.Client, "test", null, TimeProvider.System);
        var collector = new GarbageReconciler(_graph, kinds, recorder, NullLogger.Instance);
        return collector.ReconcileAsync(new(null, resource.Metadata.Uid!), Ct);
    }
}
