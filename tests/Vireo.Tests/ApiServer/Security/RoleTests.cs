using System.Net;
using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Security;

/// <summary>Who may do what by roles, over the API.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    private const string Rbac = "/apis/rbac.authorization.k8s.io/v1";
    private const string Roles = Rbac + "/namespaces/default/roles";
    private const string Bindings = Rbac + "/namespaces/default/rolebindings";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_role_gives_rights_in_its_namespace_and_takes_them_back_when_it_goes()
    {
        using var bob = _server.Server.CreateClient("bob", "developers");
        (await Get(bob, RunningServer.ConfigMaps)).ShouldBe(HttpStatusCode.Forbidden);
        await MakeAsync(Roles, Role("reader", "configmaps", "get", "list"));
        await MakeAsync(Bindings, Binding("readers", "Role", "reader", "User", "bob"));

        (await Get(bob, RunningServer.ConfigMaps)).ShouldBe(HttpStatusCode.OK);
        (await Get(bob, "/api/v1/configmaps")).ShouldBe(HttpStatusCode.Forbidden);
        (await Get(bob, "/api/v1/namespaces/kubevirt/configmaps")).ShouldBe(HttpStatusCode.Forbidden);
        (await Get(bob, RunningServer.ConfigMaps + "?watch=true&timeoutSeconds=1")).ShouldBe(HttpStatusCode.Forbidden);
        var made = await RunningServer.SendAsync(
            bob,
            "POST",
            RunningServer.ConfigMaps,
            """{"metadata":{"name":"a"} }"""
        );
        made.Message.ShouldBe(
            "configmaps is forbidden: User \"bob\" cannot create resource \"configmaps\" in API group \"\" in the "
                + "namespace \"default\""
        );

        (await _server.DeleteAsync(Bindings + "/readers")).Code.ShouldBe(HttpStatusCode.OK);
        (await Get(bob, RunningServer.ConfigMaps)).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_cluster_role_bound_in_a_namespace_counts_there_only()
    {
        using var team = _server.Server.CreateClient("eve", "team");
        await MakeAsync(Bindings, Binding("editors", "ClusterRole", "edit", "Group", "team"));

        (await RunningServer.SendAsync(team, "POST", RunningServer.Vms, RunningServer.Vm("a"))).Code.ShouldBe(
            HttpStatusCode.Created
        );
        (await Get(team, RunningServer.Vms)).ShouldBe(HttpStatusCode.OK);
        (await Get(team, "/api/v1/namespaces/default")).ShouldBe(HttpStatusCode.OK);
        (await Get(team, "/api/v1/namespaces")).ShouldBe(HttpStatusCode.Forbidden);
        (await Get(team, "/apis/kubevirt.io/v1/virtualmachines")).ShouldBe(HttpStatusCode.Forbidden);
        (await Get(team, Roles)).ShouldBe(HttpStatusCode.Forbidden);
        (await Get(team, "/apis/instancetype.kubevirt.io/v1beta1/virtualmachineclusterinstancetypes")).ShouldBe(
            HttpStatusCode.OK
        );
        var start = $"/apis/subresources.kubevirt.io/v1/namespaces/default/virtualmachines/a/";
        (await RunningServer.SendAsync(team, "PUT", start + "start")).Code.ShouldBe(HttpStatusCode.Accepted);
        (await RunningServer.SendAsync(team, "PUT", start + "migrate")).Message.ShouldBe(
            "virtualmachines.subresources.kubevirt.io \"a\" is forbidden: User \"eve\" cannot update resource "
                + "\"virtualmachines/migrate\" in API group \"subresources.kubevirt.io\" in the namespace \"default\""
        );
        (await RunningServer.SendAsync(team, "DELETE", RunningServer.Vms)).Code.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_rule_for_one_name_lets_it_be_read_and_watched_alone()
    {
        await _server.MakeAsync("mine");
        await _server.MakeAsync("other");
        var role = Role("one", "configmaps", "get", "list", "watch");
        role["rules"]![0]!["resourceNames"] = new JsonArray("mine");
        await MakeAsync(Roles, role);
        await MakeAsync(Bindings, Binding("one", "Role", "one", "User", "bob"));
        using var bob = _server.Server.CreateClient("bob", "developers");

        (await Get(bob, RunningServer.ConfigMaps + "/mine")).ShouldBe(HttpStatusCode.OK);
        (await Get(bob, RunningServer.ConfigMaps + "/other")).ShouldBe(HttpStatusCode.Forbidden);
        (await Get(bob, RunningServer.ConfigMaps)).ShouldBe(HttpStatusCode.Forbidden);
        (await Get(bob, RunningServer.ConfigMaps + "?fieldSelector=metadata.name%3Dmine")).ShouldBe(HttpStatusCode.OK);
        (await Get(bob, RunningServer.ConfigMaps + "?fieldSelector=metadata.name%3Dother")).ShouldBe(
            HttpStatusCode.Forbidden
        );
    }

    [Fact]
    public async Task Nobody_gives_by_a_role_what_they_do_not_have()
    {
        await MakeAsync(Bindings, Binding("admins", "ClusterRole", "admin", "User", "ann"));
        using var ann = _server.Server.CreateClient("ann", "developers");

        (await Send(ann, Roles, Role("fine", "configmaps", "get"))).Code.ShouldBe(HttpStatusCode.Created);
        var refused = await Send(ann, Roles, Role("more", "nodes", "get"));
        refused.Code.ShouldBe(HttpStatusCode.Forbidden);
        refused.Message.ShouldBe(
            "roles.rbac.authorization.k8s.io \"more\" is forbidden: user \"ann\" (groups=[\"developers\" "
                + "\"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n"
                + "{APIGroups:[\"\"], Resources:[\"nodes\"], Verbs:[\"get\"]}"
        );
        (await Send(ann, Roles, Role("all", "*", "*"))).Code.ShouldBe(HttpStatusCode.Forbidden);
        (await Send(ann, Bindings, Binding("bad", "ClusterRole", "cluster-admin", "User", "ann"))).Code.ShouldBe(
            HttpStatusCode.Forbidden
        );
        (await Send(ann, Bindings, Binding("none", "ClusterRole", "nowhere", "User", "ann"))).Code.ShouldBe(
            HttpStatusCode.NotFound
        );
        (await Send(ann, Bindings, Binding("good", "ClusterRole", "view", "User", "bob"))).Code.ShouldBe(
            HttpStatusCode.Created
        );
        var change = await RunningServer.SendAsync(
            ann,
            "PATCH",
            Roles + "/fine",
            """{"rules":[{"apiGroups":[""],"resources":["nodes"],"verbs":["get"]}]}""",
            "application/merge-patch+json"
        );
        change.Code.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Who_may_bind_or_escalate_gives_more_than_they_have()
    {
        await MakeAsync(Roles, Role("bind", "roles", "create", "escalate", "bind"), "rbac.authorization.k8s.io");
        await MakeAsync(Roles, Role("binding", "rolebindings", "create"), "rbac.authorization.k8s.io");
        await MakeAsync(Bindings, Binding("bind", "Role", "bind", "User", "ann"));
        await MakeAsync(Bindings, Binding("binding", "Role", "binding", "User", "ann"));
        using var ann = _server.Server.CreateClient("ann", "developers");

        (await Send(ann, Roles, Role("more", "nodes", "get"))).Code.ShouldBe(HttpStatusCode.Created);
        (await Send(ann, Bindings, Binding("more", "Role", "more", "User", "ann"))).Code.ShouldBe(
            HttpStatusCode.Created
        );
        (await Send(ann, Bindings, Binding("bad", "ClusterRole", "view", "User", "ann"))).Code.ShouldBe(
            HttpStatusCode.Forbidden
        );
    }

    [Fact]
    public async Task A_role_becomes_part_of_view_by_its_label_at_once()
    {
        await MakeAsync(
            Rbac + "/clusterrolebindings",
            Binding("viewers", "ClusterRole", "view", "ServiceAccount", "watcher", "default")
        );
        using var watcher = _server.Server.CreateClient("system:serviceaccount:default:watcher", "x");
        (await Get(watcher, "/apis/vireo.dev/v1alpha1/hosts")).ShouldBe(HttpStatusCode.Forbidden);
        var role = Role("hosts", "hosts", "get", "list");
        role["rules"]![0]!["apiGroups"] = new JsonArray("vireo.dev");
        role["metadata"]!["labels"] = new JsonObject { ["rbac.authorization.k8s.io/aggregate-to-view"] = "true" };
        await MakeAsync(Rbac + "/clusterroles", role);

        (await Get(watcher, "/apis/vireo.dev/v1alpha1/hosts")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_label_that_makes_a_role_part_of_another_is_given_only_by_who_has_its_rights()
    {
        await MakeAsync(
            Rbac + "/clusterroles",
            Role("roler", "clusterroles", "create", "update", "patch", "get"),
            "rbac.authorization.k8s.io"
        );
        await MakeAsync(Rbac + "/clusterrolebindings", Binding("roler", "ClusterRole", "roler", "User", "ann"));
        using var ann = _server.Server.CreateClient("ann", "developers");
        var patch = """{"metadata":{"labels":{"rbac.authorization.k8s.io/aggregate-to-view":"true"} } }""";
        var path = Rbac + "/clusterroles/";

        (
            await RunningServer.SendAsync(ann, "PATCH", path + "cluster-admin", patch, "application/merge-patch+json")
        ).Code.ShouldBe(HttpStatusCode.Forbidden);
        (
            await RunningServer.SendAsync(ann, "PATCH", path + "roler", patch, "application/merge-patch+json")
        ).Code.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_binding_keeps_its_role_and_rules_say_what_they_mean()
    {
        await MakeAsync(Bindings, Binding("a", "ClusterRole", "view", "User", "bob"));
        var changed = await _server.MergeAsync(Bindings + "/a", """{"roleRef":{"name":"edit"} }""");
        changed.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        changed.Message.ShouldContain("cannot change roleRef");
        var empty = await _server.PostAsync(Roles, """{"metadata":{"name":"a"},"rules":[{"verbs":[]}]}""");
        empty.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        empty["details"]!["causes"]!
            .AsArray()
            .Select(cause => cause!["field"]!.ToString())
            .ShouldBe(["rules[0].verbs", "rules[0].apiGroups", "rules[0].resources"]);
        (await _server.PostAsync(Roles, """{"metadata":{"name":"a/b"},"rules":[]}""")).Code.ShouldBe(
            HttpStatusCode.UnprocessableEntity
        );
        (await _server.PostAsync(Roles, """{"metadata":{"name":"a:b"},"rules":[]}""")).Code.ShouldBe(
            HttpStatusCode.Created
        );
    }

    [Fact]
    public async Task What_users_made_of_our_roles_stays_and_what_lacks_comes_back_at_the_next_start()
    {
        var path = Rbac + "/clusterroles/";
        var folder = Path.Combine(_server.Folder, "second");
        await using (var first = await RunningServer.StartAsync(folder: folder))
        {
            await first.MergeAsync(
                path + "system:basic-user",
                """{"rules":[{"apiGroups":[""],"resources":["nodes"],"verbs":["get"]}]}"""
            );
            await first.MergeAsync(
                path + "system:discovery",
                """{"metadata":{"annotations":{"rbac.authorization.kubernetes.io/autoupdate":"false"} },"rules":[]}"""
            );
            (await first.DeleteAsync(path + "view")).Code.ShouldBe(HttpStatusCode.OK);
            (await first.DeleteAsync(Rbac + "/clusterrolebindings/system:basic-user")).Code.ShouldBe(HttpStatusCode.OK);
        }

        await using var again = await RunningServer.StartAsync(folder: folder);
        var rules = (await again.GetAsync(path + "system:basic-user"))["rules"]!.ToJsonString();
        rules.ShouldContain("nodes");
        rules.ShouldContain("selfsubjectaccessreviews");
        (await again.GetAsync(path + "system:discovery"))["rules"]!.AsArray().ShouldBeEmpty();
        (await again.GetAsync(path + "view"))["rules"]!.AsArray().ShouldNotBeEmpty();
        (await again.GetAsync(Rbac + "/clusterrolebindings/system:basic-user")).Code.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<HttpStatusCode> Get(HttpClient client, string path) =>
        (await RunningServer.SendAsync(client, "GET", path)).Code;

    private static Task<Reply> Send(HttpClient client, string path, JsonObject body) =>
        RunningServer.SendAsync(client, "POST", path, body.ToJsonString());

    private async Task MakeAsync(string path, JsonObject body, string? group = null)
    {
        if (group is not null)
        {
            body["rules"]![0]!["apiGroups"] = new JsonArray(group);
        }

        var reply = await _server.PostAsync(path, body.ToJsonString());
        reply.Code.ShouldBe(HttpStatusCode.Created, reply.Text);
    }

    private static JsonObject Role(string name, string resource, params string[] verbs) =>
        new()
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["rules"] = new JsonArray(
                new JsonObject
                {
                    ["apiGroups"] = new JsonArray(""),
                    ["resources"] = new JsonArray(resource),
                    ["verbs"] = new JsonArray([.. verbs.Select(verb => (JsonNode)verb)]),
                }
            ),
        };

    private static JsonObject Binding(
        string name,
        string kind,
        string role,
        string subjectKind,
        string subject,
        string? ns = null
    ) =>
        new()
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["roleRef"] = new JsonObject
            {
                ["apiGroup"] = "rbac.authorization.k8s.io",
                ["kind"] = kind,
                ["name"] = role,
            },
            ["subjects"] = new JsonArray(
                new JsonObject
                {
                    ["kind"] = subjectKind,
                    ["name"] = subject,
                    ["namespace"] = ns,
                }
            ),
        };
}
