using Vireo.Api;

namespace Vireo.Tests.Controllers.GarbageCollection;

public sealed class GarbageReconcilerTests(ControlPlane plane) : IClassFixture<ControlPlane>, IAsyncLifetime
{
    private string _space = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _space = await plane.MakeNamespaceAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task What_belonged_to_an_object_that_is_gone_goes_too()
    {
        var owner = await MakeSecretAsync("owner");
        await plane.User.CreateAsync(Objects.ConfigMap("owned", _space, Objects.Owner(owner)), Ct);

        await plane.User.DeleteAsync<Secret>(new(_space, "owner"), null, Ct);

        await plane.UntilGoneAsync<ConfigMap>("owned", _space);
    }

    [Fact]
    public async Task What_has_another_owner_left_only_loses_the_one_that_is_gone()
    {
        var gone = await MakeSecretAsync("gone");
        var stays = await MakeSecretAsync("stays");
        var both = new[] { Objects.Owner(gone), Objects.Owner(stays) };
        await plane.User.CreateAsync(Objects.ConfigMap("owned", _space, both), Ct);

        await plane.User.DeleteAsync<Secret>(new(_space, "gone"), null, Ct);

        var owned = await plane.UntilAsync<ConfigMap>("owned", _space, found => found.Metadata.OwnerReferences is [_]);
        owned.Metadata.OwnerReferences![0].Uid.ShouldBe(stays.Metadata.Uid);
    }

    [Fact]
    public async Task What_belongs_to_a_kind_that_is_not_served_stays_and_what_never_had_an_owner_goes()
    {
        var unknown = new OwnerReference
        {
            ApiVersion = "example.org/v1",
            Kind = "Thing",
            Name = "thing",
            Uid = Guid.NewGuid().ToString(),
        };
        var absent = unknown with { ApiVersion = "v1", Kind = "Secret" };
        await plane.User.CreateAsync(Objects.ConfigMap("of-unknown", _space, unknown), Ct);
        await plane.User.CreateAsync(Objects.ConfigMap("of-absent", _space, absent), Ct);

        // Looked at after the other, by the one worker there is.
        await plane.UntilGoneAsync<ConfigMap>("of-absent", _space);
        plane.Find<ConfigMap>("of-unknown", _space).ShouldNotBeNull();
    }

    [Fact]
    public async Task An_owner_of_the_same_name_that_was_made_anew_is_another_one()
    {
        var first = await MakeSecretAsync("owner");
        await plane.User.DeleteAsync<Secret>(new(_space, "owner"), null, Ct);
        await MakeSecretAsync("owner");

        await plane.User.CreateAsync(Objects.ConfigMap("owned", _space, Objects.Owner(first)), Ct);

        await plane.UntilGoneAsync<ConfigMap>("owned", _space);
    }

    private Task<Secret> MakeSecretAsync(string name) =>
        plane.User.CreateAsync(
            new Secret
            {
                Metadata = new() { Name = name, Namespace = _space },
            },
            Ct
        );
}
