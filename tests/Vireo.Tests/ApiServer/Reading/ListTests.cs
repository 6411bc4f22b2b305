using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.Reading;
using Vireo.ApiServer.Storage;

namespace Vireo.Tests.ApiServer.Reading;

public sealed class ListTests : IAsyncLifetime
{
    private const string Path = RunningServer.ConfigMaps;

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_list_names_its_kind_and_the_revision_it_was_read_at()
    {
        var a = await _server.MakeAsync("a");
        var list = await _server.GetAsync(Path);
        list["kind"]!.ToString().ShouldBe("ConfigMapList");
        list["apiVersion"]!.ToString().ShouldBe("v1");
        list["metadata"]!["resourceVersion"]!.ToString().ShouldBe(a["metadata"]!["resourceVersion"]!.ToString());
        list["items"]![0]!.ToJsonString().ShouldBe(a.ToJsonString());
    }

    [Fact]
    public async Task A_list_across_namespaces_is_sorted_by_namespace_and_name()
    {
        await _server.MakeAsync("z");
        await _server.PostAsync("/api/v1/namespaces/kube-system/configmaps", """{"metadata":{"name":"a"}}""");
        await _server.MakeAsync("b");
        var names = (await _server.GetAsync("/api/v1/configmaps")).Names;
        // The last is the server's own, in the namespace kubevirt.
        names.ShouldBe(["b", "z", "a", "vireo-common-instancetypes"]);
    }

    [Fact]
    public async Task Pages_show_one_moment()
    {
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
        {
            await _server.MakeAsync(name);
        }

        var first = await _server.GetAsync(Path + "?limit=2");
        first.Names.ShouldBe(["a", "b"]);
        first["metadata"]!["remainingItemCount"]!.GetValue<int>().ShouldBe(3);

        await _server.DeleteAsync(Path + "/c");
        await _server.MakeAsync("bb");
        var second = await _server.GetAsync($"{Path}?limit=2&continue={Next(first)}");
        second.Names.ShouldBe(["c", "d"]);
        var third = await _server.GetAsync($"{Path}?limit=2&continue={Next(second)}");
        third.Names.ShouldBe(["e"]);
        third["metadata"]!.AsObject().ContainsKey("continue").ShouldBeFalse();
        third["metadata"]!["resourceVersion"]!.ToString().ShouldBe(first["metadata"]!["resourceVersion"]!.ToString());
    }

    [Fact]
    public async Task A_list_that_is_read_by_pages_is_kept_for_five_minutes()
    {
        var time = new ManualTimeProvider();
        await using var server = await RunningServer.StartAsync(time);
        await server.MakeAsync("a");
        await server.MakeAsync("b");
        var first = await server.GetAsync(Path + "?limit=1");
        time.Advance(TimeSpan.FromMinutes(4));
        (await server.GetAsync($"{Path}?limit=1&continue={Next(first)}")).Names.ShouldBe(["b"]);
        time.Advance(TimeSpan.FromMinutes(2));
        (await server.GetAsync($"{Path}?limit=1&continue={Next(first)}")).Code.ShouldBe(HttpStatusCode.Gone);
    }

    [Fact]
    public void Lists_that_are_read_by_pages_are_let_go_also_when_nobody_asks_again()
    {
        var time = new ManualTimeProvider();
        using var pages = new PageSnapshots(time);
        for (var i = 0; i < 40; i++)
        {
            pages.Keep(ResourceKinds.ConfigMaps, null, new StoreList(i, []), 1);
        }

        pages.Count.ShouldBe(32);
        time.Advance(TimeSpan.FromMinutes(11));
        pages.Count.ShouldBe(0);
        time.WaitingTimers.ShouldBe(0);
    }

    [Fact]
    public async Task A_page_is_filled_with_what_is_selected()
    {
        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            await _server.MakeAsync(name, name is "b" or "d" ? """, "labels":{"x":"y"}""" : "");
        }

        var first = await _server.GetAsync(Path + "?limit=1&labelSelector=x%3Dy");
        first.Names.ShouldBe(["b"]);
        first["metadata"]!.AsObject().ContainsKey("remainingItemCount").ShouldBeFalse();
        (await _server.GetAsync($"{Path}?limit=1&labelSelector=x%3Dy&continue={Next(first)}")).Names.ShouldBe(["d"]);
    }

    [Fact]
    public async Task A_token_that_is_no_longer_known_is_expired_and_a_false_one_refused()
    {
        var old = Uri.EscapeDataString(Convert.ToBase64String("v1:1:2"u8));
        var reply = await _server.GetAsync($"{Path}?limit=2&continue={old}");
        reply.Code.ShouldBe(HttpStatusCode.Gone);
        reply.Reason.ShouldBe("Expired");
        (await _server.GetAsync(Path + "?continue=nonsense")).Code.ShouldBe(HttpStatusCode.BadRequest);
        (await _server.GetAsync(Path + "?limit=-1")).Code.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Versions_that_were_never_given_out_are_too_large()
    {
        var reply = await _server.GetAsync(Path + "?resourceVersion=99999");
        reply.Code.ShouldBe(HttpStatusCode.GatewayTimeout);
        reply["details"]!["causes"]![0]!["reason"]!.ToString().ShouldBe("ResourceVersionTooLarge");
        (await _server.GetAsync(Path + "?resourceVersion=0")).Code.ShouldBe(HttpStatusCode.OK);
        (await _server.GetAsync(Path + "?resourceVersion=x")).Code.ShouldBe(HttpStatusCode.BadRequest);
        (await _server.GetAsync(Path + "?resourceVersion=1&resourceVersionMatch=Exact")).Code.ShouldBe(
            HttpStatusCode.Gone
        );
        (await _server.GetAsync(Path + "?resourceVersion=1&resourceVersionMatch=NotOlderThan")).Code.ShouldBe(
            HttpStatusCode.OK
        );
    }

    [Theory]
    [InlineData("metadata.name=a", "a")]
    [InlineData("metadata.name!=a", "b")]
    [InlineData("metadata.namespace=default,metadata.name==b", "b")]
    [InlineData("metadata.namespace=other", "")]
    public async Task Fields_select(string selector, string expected)
    {
        await _server.MakeAsync("a");
        await _server.MakeAsync("b");
        var reply = await _server.GetAsync($"{Path}?fieldSelector={Uri.EscapeDataString(selector)}");
        string.Join(",", reply.Names).ShouldBe(expected);
    }

    [Fact]
    public async Task A_kind_offers_fields_of_its_own()
    {
        const string Vmis = RunningServer.Vmis;
        foreach (var (name, node) in new[] { ("a", "n1"), ("b", "n2") })
        {
            (await _server.PostAsync(Vmis, RunningServer.Vmi(name))).Code.ShouldBe(HttpStatusCode.Created);
            var patch = $$"""{"status":{"nodeName":"{{node}}","phase":"Running"} }""";
            await RunningServer.SendAsync(
                _server.Own,
                "PATCH",
                $"{Vmis}/{name}",
                patch,
                "application/merge-patch+json"
            );
        }

        (await _server.GetAsync(Vmis + "?fieldSelector=status.nodeName%3Dn2")).Names.ShouldBe(["b"]);
        (await _server.GetAsync(Vmis + "?fieldSelector=status.nodeName%3Dn1,status.phase!%3DFailed")).Names.ShouldBe([
            "a",
        ]);
        var refused = await _server.GetAsync(Vmis + "?fieldSelector=spec.domain%3Dx");
        refused.Code.ShouldBe(HttpStatusCode.BadRequest);
        refused.Message.ShouldStartWith("field label not supported: spec.domain");
    }

    [Fact]
    public async Task A_large_list_is_compressed_for_clients_that_take_it()
    {
        await _server.MakeAsync("a", data: $$"""{"x":"{{new string('x', 300_000)}}"}""");
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        using var response = await _server.Client.SendAsync(request);
        response.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        await using var plain = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        var list = await JsonNode.ParseAsync(plain);
        list!["items"]!.AsArray().Count.ShouldBe(1);

        using var small = new HttpRequestMessage(HttpMethod.Get, "/api/v1/namespaces");
        small.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        using var answer = await _server.Client.SendAsync(small);
        answer.Content.Headers.ContentEncoding.ShouldBeEmpty();
    }

    private static string Next(Reply page) => Uri.EscapeDataString(page["metadata"]!["continue"]!.ToString());
}
