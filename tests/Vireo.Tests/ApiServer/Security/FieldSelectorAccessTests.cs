using System.Net;
using System.Text.Json.Nodes;
using Vireo.Runtime;

namespace Vireo.Tests.ApiServer.Security;

/// <summary>Who may have some of a kind gets no others, however the selector is written.</summary>
public sealed class FieldSelectorAccessTests : IAsyncLifetime
{
    private const string Rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/default";
    private const string AllInstances = "/apis/kubevirt.io/v1/virtualmachineinstances";

    private RunningServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("fieldSelector=metadata.name%3Dmine")]
    [InlineData("fieldSelector=metadata.name%3D%3Dmine")]
    [InlineData("fieldSelector=metadata.namespace%3Ddefault%2Cmetadata.name%3Dmine")]
    [InlineData("fieldSelector=metadata.name%3Dmine&fieldSelector=")]
    [InlineData("fieldSelector=metadata.name%3Dmine&fieldSelector=metadata.name%3Dother")]
    public async Task A_rule_for_one_name_gives_that_one(string query)
    {
        using var bob = await OneNameAsync("list", "deletecollection");

        var list = await RunningServer.SendAsync(bob, "GET", $"{RunningServer.ConfigMaps}?{query}");
        list.Code.ShouldBe(HttpStatusCode.OK, list.Text);
        list.Json["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.ToString()).ShouldBe(["mine"]);
        (await RunningServer.SendAsync(bob, "DELETE", $"{RunningServer.ConfigMaps}?{query}")).Code.ShouldBe(
            HttpStatusCode.OK
        );
        (await _server.GetAsync($"{RunningServer.ConfigMaps}/other")).Code.ShouldBe(HttpStatusCode.OK);
        (await _server.GetAsync($"{RunningServer.ConfigMaps}/mine")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("")]
    [InlineData("fieldSelector=&fieldSelector=metadata.name%3Dmine")]
    [InlineData("fieldSelector&fieldSelector=metadata.name%3Dmine")]
    [InlineData("fieldSelector=metadata.name%3Dother&fieldSelector=metadata.name%3Dmine")]
    [InlineData("fieldSelector=metadata.name!%3Dmine")]
    [InlineData("fieldSelector=metadata.namespace!%3Da%5C%2Cmetadata.name%3Dmine")]
    public async Task A_rule_for_one_name_gives_no_others(string query)
    {
        using var bob = await OneNameAsync("list", "watch", "deletecollection");

        foreach (var (method, more) in new[] { ("GET", ""), ("GET", "&watch=1&timeoutSeconds=1"), ("DELETE", "") })
        {
            var reply = await RunningServer.SendAsync(bob, method, $"{RunningServer.ConfigMaps}?{query}{more}");
            reply.Code.ShouldBe(HttpStatusCode.Forbidden, method + more);
        }

        (await _server.GetAsync($"{RunningServer.ConfigMaps}/other")).Code.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_selector_says_nothing_about_what_is_made()
    {
        using var bob = await OneNameAsync("create");

        var reply = await RunningServer.SendAsync(
            bob,
            "POST",
            $"{RunningServer.ConfigMaps}?fieldSelector=metadata.name%3Dmine",
            """{"metadata":{"name":"new"} }"""
        );

        reply.Code.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("fieldSelector=status.nodeName%3Dhost2", HttpStatusCode.OK)]
    [InlineData("fieldSelector=status.nodeName%3Dhost2%2Cmetadata.name!%3Da", HttpStatusCode.OK)]
    [InlineData("fieldSelector=&fieldSelector=status.nodeName%3Dhost2", HttpStatusCode.Forbidden)]
    [InlineData("fieldSelector=metadata.name!%3Da&fieldSelector=status.nodeName%3Dhost2", HttpStatusCode.Forbidden)]
    [InlineData("fieldSelector=metadata.name!%3Da%5C%2Cstatus.nodeName%3Dhost2", HttpStatusCode.Forbidden)]
    [InlineData("fieldSelector=metadata.name!%3D%2Cstatus.nodeName!%3Dhost2", HttpStatusCode.Forbidden)]
    public async Task An_agent_lists_its_own_however_it_asks(string query, HttpStatusCode code)
    {
        var agent = (await _server.JoinAsync("host2")).Connect();
        await _server.PostAsync(RunningServer.Vmis, RunningServer.Vmi("others"));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{AllInstances}?{query}");

        var answered = HttpStatusCode.OK;
        try
        {
            using var response = await agent.SendAsync(request, Ct);
            (await response.Content.ReadAsStringAsync(Ct)).ShouldNotContain("others");
        }
        catch (ApiException refusal)
        {
            answered = refusal.Reason.HttpCode();
        }

        answered.ShouldBe(code);
    }

    /// <summary>A user who may do this to the config map "mine" alone, of two.</summary>
    private async Task<HttpClient> OneNameAsync(params string[] verbs)
    {
        await _server.MakeAsync("mine");
        await _server.MakeAsync("other");
        var said = new JsonArray([.. verbs.Select(verb => (JsonNode)verb)]).ToJsonString();
        await MakeAsync(
            "roles",
            $$"""
            {"metadata":{"name":"one"},
             "rules":[{"apiGroups":[""],"resources":["configmaps"],"resourceNames":["mine"],"verbs":{{said}} }]}
            """
        );
        await MakeAsync(
            "rolebindings",
            """
            {"metadata":{"name":"one"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"one"},
             "subjects":[{"kind":"User","name":"bob"}]}
            """
        );
        return _server.Server.CreateClient("bob", "developers");
    }

    private async Task MakeAsync(string plural, string body)
    {
        var reply = await _server.PostAsync($"{Rbac}/{plural}", body);
        reply.Code.ShouldBe(HttpStatusCode.Created, reply.Text);
    }
}
