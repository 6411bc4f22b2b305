using System.Net;
using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.Tests.ApiServer.Security;

/// <summary>Who asks what an agent may, or acts as one, meets what the agent itself meets.</summary>
public sealed class AgentReviewTests : IAsyncLifetime
{
    private const string Reviews = "/apis/authorization.k8s.io/v1/";
    private const string Subject = "\"user\":\"system:node:host2\",\"groups\":[\"system:nodes\"],";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await _server.JoinAsync("host1");
        await _server.JoinAsync("host2");
        await MakeAsync("mine", "host2");
        await MakeAsync("others", "host1");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("get", "kubevirt.io", "virtualmachineinstances", "mine", true)]
    [InlineData("update", "kubevirt.io", "virtualmachineinstances", "mine", true)]
    [InlineData("get", "kubevirt.io", "virtualmachineinstances", "others", false)]
    [InlineData("update", "kubevirt.io", "virtualmachineinstances", "others", false)]
    [InlineData("patch", "kubevirt.io", "virtualmachineinstances", "others", false)]
    [InlineData("get", "kubevirt.io", "virtualmachineinstances", null, false)]
    [InlineData("list", "kubevirt.io", "virtualmachineinstances", null, false)]
    [InlineData("get", "", "secrets", "any", false)]
    [InlineData("get", "", "nodes", "host1", true)]
    [InlineData("patch", "", "nodes", "host2", true)]
    [InlineData("patch", "", "nodes", "host1", false)]
    [InlineData("delete", "kubevirt.io", "virtualmachines", "mine", false)]
    public async Task A_review_of_an_agent_answers_as_the_agent_is_answered(
        string verb,
        string group,
        string resource,
        string? name,
        bool isAllowed
    )
    {
        var about = new JsonObject
        {
            ["namespace"] = resource == "nodes" ? null : "default",
            ["verb"] = verb,
            ["group"] = group,
            ["resource"] = resource,
            ["name"] = name,
        }.ToJsonString();
        var asked = await _server.PostAsync(
            Reviews + "subjectaccessreviews",
            $$"""{"spec":{ {{Subject}}"resourceAttributes":{{about}} } }"""
        );
        asked.Code.ShouldBe(HttpStatusCode.Created, asked.Text);
        asked["status"]!["allowed"]!.GetValue<bool>().ShouldBe(isAllowed, asked.Text);

        using var agent = Acting("system:node:host2");
        var own = await RunningServer.SendAsync(
            agent,
            "POST",
            Reviews + "selfsubjectaccessreviews",
            $$"""{"spec":{"resourceAttributes":{{about}} } }"""
        );
        own["status"]!["allowed"]!.GetValue<bool>().ShouldBe(isAllowed, own.Text);
    }

    [Theory]
    [InlineData("system:node:host2", "mine", HttpStatusCode.OK)]
    [InlineData("system:node:host2", "others", HttpStatusCode.Forbidden)]
    [InlineData("system:node:host1", "others", HttpStatusCode.OK)]
    [InlineData("system:node:never-joined", "mine", HttpStatusCode.Forbidden)]
    [InlineData("somebody", "mine", HttpStatusCode.Forbidden)]
    public async Task Who_acts_as_an_agent_may_what_it_may(string user, string name, HttpStatusCode code)
    {
        using var agent = Acting(user);
        var reply = await RunningServer.SendAsync(agent, "GET", $"{RunningServer.Vmis}/{name}");
        reply.Code.ShouldBe(code, reply.Text);
    }

    [Fact]
    public async Task Roles_that_agents_are_given_beside_do_not_make_a_review_of_objects_differ()
    {
        var binding = """
            {"metadata":{"name":"b"},"roleRef":{"kind":"ClusterRole","name":"cluster-admin"},
             "subjects":[{"kind":"Group","name":"system:nodes"}]}
            """;
        await _server.PostAsync("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", binding);
        var about = """{"namespace":"default","verb":"delete","group":"kubevirt.io","resource":"virtualmachines"}""";
        var asked = await _server.PostAsync(
            Reviews + "subjectaccessreviews",
            $$"""{"spec":{ {{Subject}}"resourceAttributes":{{about}} } }"""
        );
        asked["status"]!["allowed"]!.GetValue<bool>().ShouldBeFalse(asked.Text);
        using var agent = Acting("system:node:host2");
        var tried = await RunningServer.SendAsync(agent, "DELETE", $"{RunningServer.Vms}/any");
        tried.Code.ShouldBe(HttpStatusCode.Forbidden, tried.Text);
    }

    [Fact]
    public async Task Who_acts_as_an_agent_gets_no_certificate_of_it()
    {
        using var agent = Acting("system:node:host2");
        var reply = await RunningServer.SendAsync(agent, "POST", JoinRequest.RenewPath, "{}");
        reply.Code.ShouldBe(HttpStatusCode.Forbidden);
        reply.Message.ShouldContain("not for who acts as it");
    }

    private HttpClient Acting(string user)
    {
        var client = _server.Server.CreateClient("tester", "system:masters");
        client.DefaultRequestHeaders.Add("Impersonate-User", user);
        client.DefaultRequestHeaders.Add("Impersonate-Group", "system:nodes");
        return client;
    }

    private async Task MakeAsync(string name, string host)
    {
        (await _server.PostAsync(RunningServer.Vmis, RunningServer.Vmi(name))).Code.ShouldBe(HttpStatusCode.Created);
        var told = await RunningServer.SendAsync(
            _server.Own,
            "PATCH",
            $"{RunningServer.Vmis}/{name}",
            $$"""{"status":{"nodeName":"{{host}}"} }""",
            "application/merge-patch+json"
        );
        told.Code.ShouldBe(HttpStatusCode.OK, told.Text);
    }
}
