using System.Net;
using Microsoft.AspNetCore.Http;

namespace Vireo.Tests.ApiServer.Acting;

/// <summary>What is asked of a running guest goes to the agent of its host, and its answer comes back.</summary>
public sealed class InstanceActionTests : IAsyncLifetime
{
    private const string Instance = ActingServer.Vmis + "/a";
    private const string Connected = ""","conditions":[{"type":"AgentConnected","status":"True"}]""";

    private ActingServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ActingServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("PUT", "pause", "", "{}")]
    [InlineData("PUT", "softreboot", "", "{}")]
    [InlineData("PUT", "reset", "{}", "{}")]
    [InlineData("PUT", "freeze", "unfreezeTimeout: 5m", """{"unfreezeTimeout":"5m"}""")]
    [InlineData("PUT", "unfreeze", "", "{}")]
    [InlineData("GET", "guestosinfo", "", "")]
    [InlineData("GET", "vnc/screenshot?moveCursor=true", "", "")]
    public async Task An_action_goes_to_the_agent_as_it_came(string method, string tail, string body, string sent)
    {
        var uid = await _server.RunAsync("a", Connected);
        var reply = await _server.Api.SendAsync(method, $"{Instance}/{tail}", body.Length == 0 ? null : body, "");
        reply.Code.ShouldBe(HttpStatusCode.OK, reply.Text);
        reply.Text.ShouldBeEmpty();
        var asked = _server.Agent.Requests.ShouldHaveSingleItem();
        (asked.Method, asked.Target, asked.Uid, asked.Body).ShouldBe((method, $"{Instance}/{tail}", uid, sent));
    }

    [Fact]
    public async Task The_older_version_asks_the_agent_the_same()
    {
        await _server.RunAsync("a");
        (await _server.PutAsync(Instance.Replace("/v1/", "/v1alpha3/") + "/pause")).Code.ShouldBe(HttpStatusCode.OK);
        _server.Agent.Requests.ShouldHaveSingleItem().Target.ShouldBe(Instance + "/pause");
    }

    [Fact]
    public async Task Answers_pass_unchanged_pictures_included()
    {
        await _server.RunAsync("a", Connected);
        _server.Agent.Answer = http =>
        {
            http.Response.ContentType = "image/png";
            return http.Response.Body.WriteAsync(new byte[] { 0x89, 0x50, 0, 255 }).AsTask();
        };
        using var picture = await _server.Api.Client.GetAsync(Instance + "/vnc/screenshot");
        picture.Content.Headers.ContentType!.ToString().ShouldBe("image/png");
        (await picture.Content.ReadAsByteArrayAsync()).ShouldBe([0x89, 0x50, 0, 255]);

        _server.Agent.Refuse(409, "Conflict", "the guest agent does not answer");
        var refused = await _server.Api.GetAsync(Instance + "/userlist");
        refused.Code.ShouldBe(HttpStatusCode.Conflict);
        refused.Message.ShouldBe("the guest agent does not answer");
    }

    [Theory]
    [InlineData("""{"dryRun":["All"]}""", "")]
    [InlineData("", "?dryRun=All")]
    public async Task A_dry_run_never_reaches_the_agent(string body, string query)
    {
        await _server.RunAsync("a");
        foreach (var action in new[] { "pause", "softreboot", "reset" })
        {
            (await _server.PutAsync($"{Instance}/{action}{query}", body)).Code.ShouldBe(HttpStatusCode.OK, action);
        }

        (await _server.PutAsync($"{Instance}/unpause{query}", body)).Code.ShouldBe(HttpStatusCode.Conflict);
        _server.Agent.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_does_not_fit_the_state_is_refused_before_the_agent_is_asked()
    {
        var missing = await _server.PutAsync(Instance + "/pause");
        missing.Code.ShouldBe(HttpStatusCode.NotFound);
        missing.Message.ShouldBe("virtualmachineinstance.kubevirt.io \"a\" not found");
        await _server.RunAsync("a", ""","conditions":[{"type":"Paused","status":"True"}]""");
        var paused = await _server.PutAsync(Instance + "/pause");
        paused.Code.ShouldBe(HttpStatusCode.Conflict);
        paused.Message.ShouldBe(
            "Operation cannot be fulfilled on virtualmachineinstance.kubevirt.io \"a\": VMI is already paused"
        );
        (await _server.PutAsync(Instance + "/unpause", "garbage: [")).Message.ShouldStartWith(
            "Can not unmarshal Request body to struct, error:"
        );
        (await _server.Api.GetAsync(Instance + "/pause")).Code.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await _server.PutAsync(Instance + "/usbredir")).Code.ShouldBe(HttpStatusCode.NotFound);
        _server.Agent.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_an_agent_the_host_is_named()
    {
        await _server.SetHostAsync("silent", null);
        await _server.SetHostAsync("gone", "unix:///nowhere/agent.sock");
        await _server.SetHostAsync("far", "https://far.example:8443");
        foreach (var host in new[] { "silent", "gone", "far", "unknown" })
        {
            await _server.RunAsync(host, host: host);
            var reply = await _server.PutAsync($"{ActingServer.Vmis}/{host}/pause");
            reply.Code.ShouldBe(HttpStatusCode.ServiceUnavailable, reply.Text);
            reply.Reason.ShouldBe("ServiceUnavailable");
            reply.Message.ShouldContain($"\"{host}\"");
            reply.Message.ShouldNotContain("is not known");
        }
    }

    [Fact]
    public async Task An_agent_that_dies_before_it_answers_may_have_done_what_was_asked()
    {
        await _server.RunAsync("a");
        _server.Agent.Answer = http =>
        {
            http.Abort();
            return Task.CompletedTask;
        };
        var reply = await _server.PutAsync(Instance + "/pause");
        reply.Code.ShouldBe(HttpStatusCode.ServiceUnavailable, reply.Text);
        reply.Message.ShouldContain("is not known");
    }

    [Fact]
    public async Task An_agent_that_is_started_anew_is_found_again()
    {
        await _server.RunAsync("a");
        (await _server.PutAsync(Instance + "/pause")).Code.ShouldBe(HttpStatusCode.OK);
        await _server.Agent.DisposeAsync();
        (await _server.PutAsync(Instance + "/pause")).Code.ShouldBe(HttpStatusCode.ServiceUnavailable);
        await using var again = await ActingAgent.StartAsync(_server.Api.Folder);
        (await _server.PutAsync(Instance + "/pause")).Code.ShouldBe(HttpStatusCode.OK);
        again.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_agent_that_dies_in_its_answer_does_not_pass_for_whole()
    {
        await _server.RunAsync("a", Connected);
        var arrived = new TaskCompletionSource();
        _server.Agent.Answer = async http =>
        {
            http.Response.ContentLength = 1000;
            await http.Response.WriteAsync("{\"half\":");
            await http.Response.Body.FlushAsync();
            await arrived.Task;
            http.Abort();
        };
        var ask = _server.Api.Client.GetAsync(Instance + "/guestosinfo", HttpCompletionOption.ResponseHeadersRead);
        using var answer = await ask;
        arrived.SetResult();
        await Should.ThrowAsync<Exception>(() => answer.Content.ReadAsStringAsync());
    }
}
