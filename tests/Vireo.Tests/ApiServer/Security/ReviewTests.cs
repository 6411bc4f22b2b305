using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Security;

public sealed class ReviewTests : IAsyncLifetime
{
    private const string Group = "/apis/authorization.k8s.io/v1/";
    private const string Actions = "subresources.kubevirt.io";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        var binding = """
            {"metadata":{"name":"b"},"roleRef":{"kind":"ClusterRole","name":"edit"},
             "subjects":[{"kind":"User","name":"bob"}]}
            """;
        var made = await _server.PostAsync(
            "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings",
            binding
        );
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("bob", "default", "create", "kubevirt.io", "virtualmachines", null, true)]
    [InlineData("bob", "default", "deletecollection", "kubevirt.io", "virtualmachines", null, false)]
    [InlineData("bob", "default", "update", "kubevirt.io", "virtualmachines", "status", false)]
    [InlineData("bob", "other", "create", "kubevirt.io", "virtualmachines", null, false)]
    [InlineData("bob", null, "list", "kubevirt.io", "virtualmachines", null, false)]
    [InlineData("bob", "default", "update", Actions, "virtualmachines", "start", true)]
    [InlineData("bob", "default", "update", Actions, "virtualmachines", "migrate", false)]
    [InlineData("bob", "default", "get", Actions, "virtualmachineinstances", "console", true)]
    [InlineData("bob", "default", "get", Actions, "virtualmachineinstances", "vnc/screenshot", false)]
    [InlineData("bob", "default", "create", "rbac.authorization.k8s.io", "rolebindings", null, false)]
    [InlineData("bob", null, "list", "instancetype.kubevirt.io", "virtualmachineclusterinstancetypes", null, true)]
    public async Task Somebody_may_what_their_roles_say(
        string user,
        string? ns,
        string verb,
        string group,
        string resource,
        string? subresource,
        bool isAllowed
    )
    {
        var asked = new JsonObject
        {
            ["spec"] = new JsonObject
            {
                ["user"] = user,
                ["groups"] = new JsonArray("system:authenticated"),
                ["resourceAttributes"] = new JsonObject
                {
                    ["namespace"] = ns,
                    ["verb"] = verb,
                    ["group"] = group,
                    ["resource"] = resource,
                    ["subresource"] = subresource,
                },
            },
        };
        var reply = await _server.PostAsync(Group + "subjectaccessreviews", asked.ToJsonString());
        reply.Code.ShouldBe(HttpStatusCode.Created, reply.Text);
        reply["status"]!["allowed"]!.GetValue<bool>().ShouldBe(isAllowed, reply.Text);
    }

    [Fact]
    public async Task The_role_of_agents_says_what_they_may_at_most_and_is_bound_to_nobody()
    {
        var role = await _server.GetAsync("/apis/rbac.authorization.k8s.io/v1/clusterroles/system:node");
        role["rules"]!
            .ToJsonString()
            .ShouldContain("""{"verbs":["patch","update"],"apiGroups":["vireo.dev"],"resources":["hosts/status"]}""");
        var binding = await _server.GetAsync("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/system:node");
        (binding["subjects"]?.AsArray().Count ?? 0).ShouldBe(0);
    }

    [Fact]
    public async Task Why_something_is_allowed_is_told()
    {
        using var bob = _server.Server.CreateClient("bob", "developers");
        var reply = await RunningServer.SendAsync(
            bob,
            "POST",
            Group + "selfsubjectaccessreviews",
            """{"spec":{"resourceAttributes":{"namespace":"default","verb":"get","resource":"configmaps"} } }"""
        );
        reply["status"]!["reason"]!
            .ToString()
            .ShouldBe("RBAC: allowed by RoleBinding \"b/default\" of ClusterRole \"edit\" to User \"bob\"");
    }

    [Fact]
    public async Task What_somebody_may_is_listed_and_others_are_none_of_their_business()
    {
        using var bob = _server.Server.CreateClient("bob", "developers");
        var rules = await RunningServer.SendAsync(
            bob,
            "POST",
            Group + "selfsubjectrulesreviews",
            """{"spec":{"namespace":"default"} }"""
        );
        rules["status"]!["incomplete"]!.GetValue<bool>().ShouldBeFalse();
        rules["status"]!["resourceRules"]!.ToJsonString().ShouldContain("virtualmachines/start");
        rules["status"]!["nonResourceRules"]!.ToJsonString().ShouldContain("/openapi/*");
        var others = """{"spec":{"user":"ann","resourceAttributes":{"verb":"get","resource":"configmaps"} } }""";
        (await RunningServer.SendAsync(bob, "POST", Group + "subjectaccessreviews", others)).Message.ShouldBe(
            "subjectaccessreviews.authorization.k8s.io is forbidden: User \"bob\" cannot create resource "
                + "\"subjectaccessreviews\" in API group \"authorization.k8s.io\" at the cluster scope"
        );
        (await RunningServer.SendAsync(bob, "GET", Group + "subjectaccessreviews")).Code.ShouldBe(
            HttpStatusCode.MethodNotAllowed
        );
    }

    [Theory]
    [InlineData("selfsubjectaccessreviews", """{"spec":{} }""")]
    [InlineData("selfsubjectaccessreviews", "{}")]
    [InlineData("selfsubjectrulesreviews", """{"spec":{} }""")]
    [InlineData("subjectaccessreviews", """{"spec":{"resourceAttributes":{"verb":"get"} } }""")]
    [InlineData("selfsubjectaccessreviews", """{"spec":{"resourceAttributes":7} }""")]
    [InlineData("namespaces/a/localsubjectaccessreviews", """{"spec":{"user":"x"} }""")]
    [InlineData(
        "namespaces/a/localsubjectaccessreviews",
        """{"spec":{"user":"x","resourceAttributes":{"namespace":"b","verb":"get"} } }"""
    )]
    public async Task A_question_about_nothing_is_refused(string path, string body)
    {
        var reply = await _server.PostAsync(Group + path, body);
        reply.Code.ShouldBe(HttpStatusCode.BadRequest, reply.Text);
    }

    [Fact]
    public async Task A_question_may_come_in_protobuf()
    {
        // metadata (empty), spec { resourceAttributes { namespace, verb, group, resource } }, status (skipped).
        byte[] attributes =
        [
            .. Field(1, "default"u8),
            .. Field(2, "create"u8),
            .. Field(3, "kubevirt.io"u8),
            .. Field(5, "virtualmachines"u8),
        ];
        byte[] review = [.. Field(1, []), .. Field(2, Field(1, attributes)), .. Field(3, [8, 0])];
        byte[] type = [.. Field(1, "authorization.k8s.io/v1"u8), .. Field(2, "SelfSubjectAccessReview"u8)];
        byte[] body = [.. "k8s\0"u8, .. Field(1, type), .. Field(2, review)];
        using var bob = _server.Server.CreateClient("bob", "developers");
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/vnd.kubernetes.protobuf");
        using var reply = await bob.PostAsync(
            Group + "selfsubjectaccessreviews",
            content,
            TestContext.Current.CancellationToken
        );
        var text = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        reply.StatusCode.ShouldBe(HttpStatusCode.Created, text);
        JsonNode.Parse(text)!["status"]!["allowed"]!.GetValue<bool>().ShouldBeTrue(text);
    }

    private static byte[] Field(int number, ReadOnlySpan<byte> value) =>
        [(byte)((number << 3) | 2), (byte)value.Length, .. value];
}
