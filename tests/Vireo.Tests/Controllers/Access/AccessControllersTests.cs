using Vireo.Api;

namespace Vireo.Tests.Controllers.Access;

public sealed class AccessControllersTests(ControlPlane plane) : IClassFixture<ControlPlane>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_namespace_has_a_default_service_account_also_when_somebody_deletes_it()
    {
        var space = await plane.MakeNamespaceAsync();
        var first = await plane.UntilAsync<ServiceAccount>("default", space, _ => true);

        await plane.User.DeleteAsync<ServiceAccount>(new(space, "default"), null, Ct);
        await plane.UntilAsync<ServiceAccount>("default", space, one => one.Metadata.Uid != first.Metadata.Uid);

        await plane.User.DeleteAsync<Namespace>(new(null, space), null, Ct);
        await plane.UntilGoneAsync<Namespace>(space, null);
        plane.All<ServiceAccount>(space).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_role_made_of_others_shows_what_they_allow()
    {
        var rule = new PolicyRule
        {
            ApiGroups = ["vireo.dev"],
            Resources = ["hosts"],
            Verbs = ["get"],
        };
        var part = new ClusterRole
        {
            Metadata = new()
            {
                Name = "view-hosts",
                Labels = new Dictionary<string, string> { ["rbac.authorization.k8s.io/aggregate-to-view"] = "true" },
            },
            Rules = [rule],
        };
        await plane.User.CreateAsync(part, Ct);

        // By way of view, edit has it too, and by way of edit admin.
        await plane.UntilAsync<ClusterRole>("admin", null, HasHosts);
        await plane.User.DeleteAsync<ClusterRole>(new(null, "view-hosts"), null, Ct);
        await plane.UntilAsync<ClusterRole>("admin", null, role => !HasHosts(role));
    }

    private static bool HasHosts(ClusterRole role) =>
        role.Rules?.Any(rule => rule.Resources?.Contains("hosts") == true) == true;
}
