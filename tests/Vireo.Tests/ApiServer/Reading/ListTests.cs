using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;

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
    public async Task A_list_that_is_read_by_pages_lasts_as_long_as_the_changes_since_are_kept()
    {
        var time = new ManualTimeProvider();
        await using var server = await RunningServer.StartAsync(time);
        await server.MakeAsync("a");
        await server.MakeAsync("b");
        var first = await server.GetAsync(Path + "?limit=1");
        time.Advance(TimeSpan.FromMinutes(6));
        await server.DeleteAsync(Path + "/b");
        time.Advance(TimeSpan.FromMinutes(4));
        await server.MakeAsync("c");
        (await server.GetAsync($"{Path}?limit=1&continue={Next(first)}")).Names.ShouldBe(["b"]);
        time.Advance(TimeSpan.FromMinutes(2));
        await server.MakeAsync("d");
        var late = await server.GetAsync($"{Path}?limit=1&continue={Next(first)}");
        late.Code.ShouldBe(HttpStatusCode.Gone);
        late.Reason.ShouldBe("Expired");
        late.Message.ShouldStartWith("The provided continue parameter is too old");
    }

    [Fact]
    public async Task However_many_lists_are_begun_each_can_be_read_to_its_end()
    {
        var begun = new List<Reply>();
        await _server.MakeAsync("z");
        for (var i = 10; i < 60; i++)
        {
            await _server.MakeAsync($"{i}");
            begun.Add(await _server.GetAsync(Path + "?limit=1"));
        }

        foreach (var (first, i) in begun.Select((first, i) => (first, i)))
        {
            var rest = await _server.GetAsync($"{Path}?continue={Next(first)}");
            first.Names.Concat(rest.Names).ShouldBe([.. Enumerable.Range(10, i + 1).Select(n => $"{n}"), "z"]);
        }
    }

    [Fact]
    public async Task The_pages_of_what_changed_much_meanwhile_show_what_there_was()
    {
        foreach (var name in new[] { "b", "d", "f", "h" })
        {
            await _server.MakeAsync(name, data: """{"x":"then"}""");
        }

        var first = await _server.GetAsync(Path + "?limit=1");
        await _server.DeleteAsync(Path + "/b");
        await _server.DeleteAsync(Path + "/h");
        await _server.MergeAsync(Path + "/d", """{"data":{"x":"1"}}""");
        await _server.MergeAsync(Path + "/d", """{"data":{"x":"2"}}""");
        foreach (var name in new[] { "a", "c", "e", "g", "h", "i" })
        {
            await _server.MakeAsync(name);
        }

        var rest = await _server.GetAsync($"{Path}?continue={Next(first)}");
        rest.Names.ShouldBe(["d", "f", "h"]);
        rest["items"]!.AsArray().Select(item => (string?)item!["data"]!["x"]).ShouldBe(["then", "then", "then"]);
        (await _server.GetAsync(Path)).Names.ShouldBe(["a", "c", "d", "e", "f", "g", "h", "i"]);
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
        var old = Uri.EscapeDataString(Convert.ToBase64String("v1:99999:2"u8));
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
        (await _server.GetAsync(Path + "?resourceVersion=1&resourceVersionMatch=Exact")).Names.ShouldBeEmpty();
        (await _server.GetAsync(Path + "?resourceVersion=1&resourceVersionMatch=NotOlderThan")).Code.ShouldBe(
            HttpStatusCode.OK
        );
    }

    [Fact]
    public async Task A_list_of_an_earlier_revision_shows_what_there_was_then()
    {
        await _server.MakeAsync("changed", data: """{"x":"1"}""");
        await _server.MakeAsync("gone");
        var then = (await _server.GetAsync(Path))["metadata"]!["resourceVersion"]!.ToString();
        await _server.MergeAsync(Path + "/changed", """{"data":{"x":"2"}}""");
        await _server.DeleteAsync(Path + "/gone");
        await _server.MakeAsync("gone", data: """{"again":"y"}""");
        await _server.MakeAsync("later");

        var list = await _server.GetAsync($"{Path}?resourceVersion={then}&resourceVersionMatch=Exact");
        list["metadata"]!["resourceVersion"]!.ToString().ShouldBe(then);
        list.Names.ShouldBe(["changed", "gone"]);
        list["items"]![0]!["data"]!["x"]!.ToString().ShouldBe("1");
        list["items"]![1]!["data"]!.AsObject().ShouldBeEmpty();

        // A page of a revision is that revision's, also where the client does not say Exact.
        var page = await _server.GetAsync($"{Path}?resourceVersion={then}&limit=1");
        page.Names.ShouldBe(["changed"]);
        (await _server.GetAsync($"{Path}?limit=1&continue={Next(page)}")).Names.ShouldBe(["gone"]);
        (await _server.GetAsync($"{Path}?resourceVersion={then}")).Names.ShouldBe(["changed", "gone", "later"]);
        (await _server.GetAsync($"{Path}?resourceVersion={then}&resourceVersionMatch=NotOlderThan")).Names.ShouldBe([
            "changed",
            "gone",
            "later",
        ]);
    }

    [Theory]
    [InlineData("resourceVersionMatch=Exact", "forbidden unless resourceVersion is provided")]
    [InlineData("resourceVersion=0&resourceVersionMatch=Exact", "forbidden for resourceVersion \"0\"")]
    [InlineData("resourceVersion=0&resourceVersionMatch=Newest", "supported values: \"Exact\", \"NotOlderThan\"")]
    [InlineData(
        "resourceVersion=0&resourceVersionMatch=NotOlderThan&continue=x",
        "forbidden when continue is provided"
    )]
    [InlineData("sendInitialEvents=true", "sendInitialEvents is forbidden for list")]
    public async Task Parameters_that_do_not_go_together_are_named(string query, string why)
    {
        var refused = await _server.GetAsync($"{Path}?{query}");
        refused.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        refused.Reason.ShouldBe("Invalid");
        refused.Message.ShouldContain(why);
    }

    [Fact]
    public async Task An_object_is_not_read_of_a_revision_that_was_never_given_out()
    {
        await _server.MakeAsync("a");
        (await _server.GetAsync(Path + "/a?resourceVersion=1")).Code.ShouldBe(HttpStatusCode.OK);
        (await _server.GetAsync(Path + "/a?resourceVersion=99999")).Code.ShouldBe(HttpStatusCode.GatewayTimeout);
        (await _server.GetAsync(Path + "/a?resourceVersion=x")).Code.ShouldBe(HttpStatusCode.BadRequest);
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

    [Theory]
    [InlineData("application/json", "items", "gzip")]
    [InlineData("application/json", "items", "identity")]
    [InlineData("application/json;as=Table;v=v1;g=meta.k8s.io", "rows", "gzip")]
    [InlineData("application/json;as=Table;v=v1;g=meta.k8s.io", "rows", "identity")]
    [InlineData("application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io", "items", "identity")]
    public async Task A_list_that_is_sent_while_it_is_written_is_whole(string form, string items, string encoding)
    {
        var text = new string('x', 100_000);
        for (var i = 10; i < 30; i++)
        {
            await _server.MakeAsync($"long-{i}", data: $$"""{"x":"{{text}}"}""");
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.TryAddWithoutValidation("Accept", form);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
        using var response = await _server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.Content.Headers.ContentLength.ShouldBeNull("it is not known before it is written");
        response.Content.Headers.ContentEncoding.ShouldBe(encoding == "gzip" ? ["gzip"] : []);
        await using var sent = await response.Content.ReadAsStreamAsync();
        await using var plain = encoding == "gzip" ? new GZipStream(sent, CompressionMode.Decompress) : sent;
        var list = await JsonNode.ParseAsync(plain);

        list![items]!
            .AsArray()
            .Select(item => (string)(item!["object"] ?? item)["metadata"]!["name"]!)
            .ShouldBe(Enumerable.Range(10, 20).Select(i => $"long-{i}"));
    }

    private static string Next(Reply page) => Uri.EscapeDataString(page["metadata"]!["continue"]!.ToString());
}
