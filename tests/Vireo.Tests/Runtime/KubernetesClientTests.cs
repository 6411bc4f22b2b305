using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Tests.Runtime;

public sealed class KubernetesClientTests : IDisposable
{
    private readonly FakeApi _api = new();

    private KubernetesClient Client => _api.Client;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _api.Dispose();

    private static ConfigMap Map(string name, string value = "1") =>
        new()
        {
            Metadata = new() { Namespace = "ns", Name = name },
            Data = new Dictionary<string, string> { ["a"] = value },
        };

    [Fact]
    public async Task An_object_that_was_made_is_found_changed_and_deleted()
    {
        var made = await Client.CreateAsync(Map("one"), Ct);
        made.Metadata.ResourceVersion.ShouldNotBeNull();

        var key = new ResourceKey("ns", "one");
        (await Client.FindAsync<ConfigMap>(key, Ct))!.Data!["a"].ShouldBe("1");
        var replaced = await Client.ReplaceAsync(made with { Data = Map("one", "2").Data }, Ct);
        replaced.Data!["a"].ShouldBe("2");
        (await Client.DeleteAsync<ConfigMap>(key, new DeleteOptions { GracePeriodSeconds = 0 }, Ct)).ShouldBeTrue();
        _api.LastBody.ShouldBe("""{"gracePeriodSeconds":0}""");
        (await Client.DeleteAsync<ConfigMap>(key, null, Ct)).ShouldBeFalse();
        (await Client.FindAsync<ConfigMap>(key, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task What_the_server_leaves_out_keeps_its_default()
    {
        _api.AnswerNext(HttpStatusCode.OK, """{"data":{"a":"b"}}""");

        var found = await Client.FindAsync<ConfigMap>(new("ns", "bare"), Ct);

        found!.Kind.ShouldBe("ConfigMap");
        found.Metadata.ShouldNotBeNull();
    }

    [Fact]
    public async Task Paths_follow_the_table_of_kinds_and_are_escaped()
    {
        await Client.FindAsync<Host>(new(null, "h 1"), Ct);
        await Client.FindAsync<VirtualMachine>(new("a/b", "vm"), Ct);
        await Client.ListAsync<ConfigMap>(new(LabelSelector: "app=web,x!=1", Limit: 5), Ct);

        _api.Requests.ShouldBe([
            "GET /apis/vireo.dev/v1alpha1/hosts/h%201",
            "GET /apis/kubevirt.io/v1/namespaces/a%2Fb/virtualmachines/vm",
            "GET /api/v1/configmaps?labelSelector=app%3Dweb%2Cx%21%3D1&limit=5",
        ]);
        _api.LastRequest!.Headers.UserAgent.ToString().ShouldMatch(@"^vireo/\d+\.\d+\.\d+$");
    }

    [Fact]
    public async Task A_server_that_is_not_at_the_root_of_its_host_keeps_its_path()
    {
        _api.Http.BaseAddress = new Uri("http://fake/k8s/");
        await Client.FindAsync<Host>(new(null, "h"), Ct);
        using var raw = new HttpRequestMessage(HttpMethod.Get, "/version");
        await Should.ThrowAsync<ApiException>(Client.SendAsync(raw, Ct));

        _api.Requests.ShouldBe(["GET /k8s/apis/vireo.dev/v1alpha1/hosts/h", "GET /k8s/version"]);
    }

    [Fact]
    public async Task A_key_without_a_namespace_is_refused_for_a_kind_that_has_them()
    {
        var e = await Should.ThrowAsync<ArgumentException>(Client.FindAsync<ConfigMap>(new(null, "one"), Ct));
        e.Message.ShouldContain("ConfigMap one is in a namespace");
    }

    [Fact]
    public async Task Status_goes_where_the_kind_keeps_it()
    {
        var metadata = new ObjectMeta { Namespace = "ns", Name = "x" };
        _api.AnswerNext(HttpStatusCode.NotFound, "");
        await Should.ThrowAsync<ApiException>(Client.ReplaceStatusAsync(new Host { Metadata = metadata }, Ct));
        _api.Requests[^1].ShouldBe("PUT /apis/vireo.dev/v1alpha1/hosts/x/status");
        ResourceKinds.VirtualMachineInstances.HasStatusSubresource.ShouldBeFalse();
    }

    [Fact]
    public async Task A_list_is_typed_and_names_its_next_page()
    {
        for (var i = 0; i < 3; i++)
        {
            await Client.CreateAsync(Map($"m{i}"), Ct);
        }

        var first = await Client.ListAsync<ConfigMap>(new("ns", Limit: 2), Ct);
        first.Items.Select(map => map.Metadata.Name).ShouldBe(["m0", "m1"]);
        first.ResourceVersion.ShouldBe("103");
        var second = await Client.ListAsync<ConfigMap>(new("ns", Limit: 2, Continue: first.Continue), Ct);
        second.Items.Single().Metadata.Name.ShouldBe("m2");
        second.Continue.ShouldBeNull();
    }

    [Fact]
    public async Task Patches_carry_their_media_type()
    {
        await Client.CreateAsync(Map("one"), Ct);
        var key = new ResourceKey("ns", "one");
        var merge = Patch.Merge(new JsonObject { ["data"] = new JsonObject { ["b"] = "2" } });

        var patched = await Client.PatchAsync<ConfigMap>(key, merge, Ct);

        patched.Data!.Keys.ShouldBe(["a", "b"], ignoreOrder: true);
        _api.LastRequest!.Content!.Headers.ContentType!.MediaType.ShouldBe("application/merge-patch+json");
        Patch.Json([]).MediaType.ShouldBe("application/json-patch+json");
        _api.AnswerNext(HttpStatusCode.OK, "{}");
        await Client.PatchAsync<ConfigMap>(key, merge, Ct, subresource: "status");
        _api.Requests[^1].ShouldBe("PATCH /api/v1/namespaces/ns/configmaps/one/status");
    }

    [Fact]
    public async Task A_change_is_made_again_on_what_somebody_else_made_of_the_object()
    {
        await Client.CreateAsync(Map("one"), Ct);
        var looks = 0;

        var changed = await Client.ChangeAsync<ConfigMap>(
            new("ns", "one"),
            map =>
            {
                if (looks++ == 0)
                {
                    Client.ReplaceAsync(Map("one", "theirs"), Ct).Wait(Ct);
                }

                return map with
                {
                    Data = new Dictionary<string, string>(map.Data!) { ["mine"] = "yes" },
                };
            },
            Ct
        );

        looks.ShouldBe(2);
        changed!.Data.ShouldBe(new Dictionary<string, string> { ["a"] = "theirs", ["mine"] = "yes" });
        (await Client.ChangeAsync<ConfigMap>(new("ns", "absent"), map => map, Ct)).ShouldBeNull();
        var writes = _api.Count("PUT");
        await Client.ChangeAsync<ConfigMap>(new("ns", "one"), map => map, Ct);
        _api.Count("PUT").ShouldBe(writes);
    }

    [Theory]
    [InlineData(404, "NotFound", Reason.NotFound)]
    [InlineData(409, "AlreadyExists", Reason.AlreadyExists)]
    [InlineData(409, "Conflict", Reason.Conflict)]
    [InlineData(422, "Invalid", Reason.Invalid)]
    [InlineData(410, "Gone", Reason.Expired)]
    [InlineData(500, "ServerTimeout", Reason.Timeout)]
    [InlineData(409, "", Reason.Conflict)]
    [InlineData(429, "SomethingNew", Reason.TooManyRequests)]
    [InlineData(503, "42", Reason.ServiceUnavailable)]
    public async Task A_status_says_what_an_answer_means(int code, string word, Reason expected)
    {
        var body = $$"""{"kind":"Status","status":"Failure","message":"why","reason":"{{word}}","code":{{code}}}""";
        _api.AnswerNext((HttpStatusCode)code, body);

        var e = await Should.ThrowAsync<ApiException>(Client.CreateAsync(Map("one"), Ct));

        e.Reason.ShouldBe(expected);
        e.Message.ShouldBe("why");
        e.Status.Code.ShouldBe(code);
    }

    [Fact]
    public async Task An_answer_that_is_no_status_is_quoted_and_its_wait_is_kept()
    {
        _api.AnswerNext(
            HttpStatusCode.BadGateway,
            "<html>no upstream",
            response => response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(7))
        );

        var e = await Should.ThrowAsync<ApiException>(Client.ListAsync<ConfigMap>(new(), Ct));

        e.Reason.ShouldBe(Reason.ServiceUnavailable);
        e.IsTransient.ShouldBeTrue();
        e.RetryAfter.ShouldBe(TimeSpan.FromSeconds(7));
        e.Message.ShouldContain("GET http://fake/api/v1/configmaps was answered with 502");
        e.Message.ShouldContain("no upstream");
    }

    [Fact]
    public async Task A_network_that_is_down_is_unreachable_and_a_cancelled_call_is_cancelled()
    {
        _api.IsDown = true;
        var e = await Should.ThrowAsync<ApiException>(Client.ListAsync<ConfigMap>(new(), Ct));
        (e.Reason, e.IsTransient).ShouldBe((Reason.Unreachable, true));
        e.Message.ShouldContain("No answer from http://fake: Connection refused");
        _api.IsDown = false;

        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(Client.ListAsync<ConfigMap>(new(), cancelled.Token));
    }

    [Fact]
    public async Task An_answer_that_is_not_of_the_kind_is_the_servers_fault()
    {
        _api.AnswerNext(HttpStatusCode.OK, "<html>");
        var e = await Should.ThrowAsync<ApiException>(Client.FindAsync<ConfigMap>(new("ns", "one"), Ct));
        e.Reason.ShouldBe(Reason.InternalError);
    }
}
