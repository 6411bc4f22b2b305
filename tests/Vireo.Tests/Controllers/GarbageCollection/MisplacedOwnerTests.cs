using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Api;
using Vireo.Controllers.GarbageCollection;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.GarbageCollection;

/// <summary>Owners that are not, or cannot be, where their dependents are.</summary>
public sealed class MisplacedOwnerTests(ControlPlane plane) : IClassFixture<ControlPlane>, IAsyncLifetime
{
    private const string Reason = "OwnerRefInvalidNamespace";

    private string _space = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _space = await plane.MakeNamespaceAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task What_belongs_to_no_namespace_stays_when_its_owner_is_in_one_and_an_event_tells_why()
    {
        var owner = await MakeSecretAsync("owner");
        var role = await MakeRoleAsync(owner);

        await ToldAsync(role, "default");
        await plane.User.DeleteAsync<Secret>(new(_space, "owner"), null, Ct);

        // Looked at after the role, by the one worker there is.
        await plane.User.CreateAsync(Objects.ConfigMap("of-gone", _space, Objects.Owner(owner)), Ct);
        await plane.UntilGoneAsync<ConfigMap>("of-gone", _space);
        plane.Find<ClusterRole>(role.Metadata.Name!).ShouldNotBeNull();
        (await ToldAsync(role, "default")).Message.ShouldBe(
            $"ownerRef [v1/Secret, namespace: , name: owner, uid: {owner.Metadata.Uid}] does not exist in namespace \"\""
        );
    }

    [Fact]
    public async Task It_is_looked_at_once_and_not_tried_for_ever()
    {
        var role = await MakeRoleAsync(await MakeSecretAsync("owner"));
        var (graph, roles) = (new OwnerGraph(), new KindAccess<ClusterRole>(plane.Client));
        graph.Observe(roles, null, role.Metadata).ShouldNotBeEmpty();
        var recorder = new EventRecorder(plane.Client, "test", null, TimeProvider.System);
        KindAccess[] kinds = [roles, new KindAccess<Secret>(plane.Client)];
        var collector = new GarbageReconciler(graph, kinds, recorder, NullLogger.Instance);

        (await collector.ReconcileAsync(new(null, role.Metadata.Uid!), Ct)).ShouldBe(Outcome.Settled);
    }

    [Fact]
    public async Task What_names_an_owner_in_another_namespace_has_none_and_an_event_tells_why_it_went()
    {
        var elsewhere = await plane.MakeNamespaceAsync();
        var owner = await MakeSecretAsync("owner");
        await plane.SeenAsync(owner);

        var owned = await plane.User.CreateAsync(Objects.ConfigMap("owned", elsewhere, Objects.Owner(owner)), Ct);

        await plane.UntilGoneAsync<ConfigMap>("owned", elsewhere);
        (await ToldAsync(owned, elsewhere)).Message!.ShouldEndWith($"does not exist in namespace \"{elsewhere}\"");
        plane.Find<Secret>("owner", _space).ShouldNotBeNull();
    }

    private async Task<Event> ToldAsync(IResource about, string space)
    {
        Event? told = null;
        await Eventually.HoldsAsync(
            () =>
                (
                    told = plane
                        .All<Event>(space)
                        .FirstOrDefault(one => one.Reason == Reason && one.InvolvedObject.Uid == about.Metadata.Uid)
                )
                    is not null,
            $"{Reason} about {about.Metadata.Name}"
        );
        told!.Type.ShouldBe("Warning");
        told.InvolvedObject.Kind.ShouldBe(about.Kind);
        return told;
    }

    private Task<ClusterRole> MakeRoleAsync(Secret owner) =>
        plane.User.CreateAsync(
            new ClusterRole
            {
                Metadata = new() { Name = $"role-{_space}", OwnerReferences = [Objects.Owner(owner)] },
                Rules = [],
            },
            Ct
        );

    private Task<Secret> MakeSecretAsync(string name) =>
        plane.User.CreateAsync(
            new Secret
            {
                Metadata = new() { Name = name, Namespace = _space },
            },
            Ct
        );
}
