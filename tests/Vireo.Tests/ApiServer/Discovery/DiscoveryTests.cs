using System.Net;
using Vireo.Api;

namespace Vireo.Tests.ApiServer.Discovery;

public sealed class DiscoveryTests : IAsyncLifetime
{
    private const string Aggregated =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Every_kind_is_found_by_plain_discovery()
    {
        (await _server.GetAsync("/api"))["versions"]!.ToJsonString().ShouldBe("""["v1"]""");
        var groups = (await _server.GetAsync("/apis"))["groups"]!.AsArray().Select(group => group!["name"]!.ToString());
        var ofKinds = ResourceKinds.All.Select(kind => kind.Group).Where(name => name.Length > 0).Distinct();
        var ofReviews = ReviewKinds.All.Select(kind => kind.Group).Distinct();
        groups.ShouldBe([.. ofKinds, .. ofReviews, Subresources.Group]);
        foreach (var kind in ResourceKinds.All)
        {
            var resources = (await _server.GetAsync(kind.GroupPath))["resources"]!.AsArray();
            var found = resources.Single(resource => resource!["name"]!.ToString() == kind.Plural)!;
            found["kind"]!.ToString().ShouldBe(kind.Kind);
            found["namespaced"]!.GetValue<bool>().ShouldBe(kind.IsNamespaced);
            resources
                .Any(resource => resource!["name"]!.ToString() == kind.Plural + "/status")
                .ShouldBe(kind.HasStatusSubresource);
        }
    }

    [Fact]
    public async Task A_group_says_which_version_it_prefers()
    {
        var group = await _server.GetAsync("/apis/kubevirt.io");
        group["kind"]!.ToString().ShouldBe("APIGroup");
        group["preferredVersion"]!["groupVersion"]!.ToString().ShouldBe("kubevirt.io/v1");
        (await _server.GetAsync("/apis/none.example.com")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Aggregated_discovery_tells_all_in_two_answers()
    {
        var seen = new List<string>();
        foreach (var path in new[] { "/api", "/apis" })
        {
            var reply = await _server.GetAsync(path, Aggregated);
            reply
                .ContentType!.Replace(" ", "")
                .ShouldBe("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
            reply["apiVersion"]!.ToString().ShouldBe("apidiscovery.k8s.io/v2");
            seen.AddRange(
                from item in reply["items"]!.AsArray()
                from version in item!["versions"]!.AsArray()
                from resource in version!["resources"]!.AsArray()
                where resource["responseKind"] is not null
                select resource["resource"]!.ToString()
            );
        }

        seen.ShouldBe(ResourceKinds.All.Concat(ReviewKinds.All).Select(kind => kind.Plural), ignoreOrder: true);
    }

    [Fact]
    public async Task Aggregated_discovery_names_short_names_and_subresources()
    {
        var reply = await _server.GetAsync("/apis", Aggregated);
        var vm = (
            from item in reply["items"]!.AsArray()
            from version in item!["versions"]!.AsArray()
            from resource in version!["resources"]!.AsArray()
            where resource!["resource"]!.ToString() == "virtualmachines" && resource["responseKind"] is not null
            select resource
        ).Single();
        vm["shortNames"]!.ToJsonString().ShouldBe("""["vm","vms"]""");
        vm["categories"]!.ToJsonString().ShouldBe("""["all"]""");
        vm["scope"]!.ToString().ShouldBe("Namespaced");
        vm["subresources"]![0]!["subresource"]!.ToString().ShouldBe("status");
        vm["responseKind"]!["kind"]!.ToString().ShouldBe("VirtualMachine");
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1alpha3")]
    public async Task Actions_are_found_by_plain_discovery(string version)
    {
        var path = $"/apis/{Subresources.Group}";
        (await _server.GetAsync(path))["preferredVersion"]!["version"]!.ToString().ShouldBe("v1");
        var list = await _server.GetAsync($"{path}/{version}");
        list["kind"]!.ToString().ShouldBe("APIResourceList");
        list["groupVersion"]!.ToString().ShouldBe($"{Subresources.Group}/{version}");
        var start = list["resources"]!.AsArray().Single(r => r!["name"]!.ToString() == "virtualmachines/start")!;
        start["namespaced"]!.GetValue<bool>().ShouldBeTrue();
        start["verbs"]!.ToJsonString().ShouldBe("""["update"]""");
        list["resources"]!.AsArray().Count.ShouldBe(Subresources.All.Count);
        var schema = await _server.GetAsync($"/openapi/v3/apis/{Subresources.Group}/{version}");
        schema["paths"]!.AsObject().Count.ShouldBe(Subresources.All.Count);
    }

    [Fact]
    public async Task The_group_of_actions_tells_its_version_and_health()
    {
        const string group = "/apis/subresources.kubevirt.io/v1";
        var version = await _server.GetAsync($"{group}/version");
        version["gitVersion"]!.ToString().ShouldMatch(@"^v\d+\.\d+\.\d+\+vireo$");
        string.Join(' ', version.Json.Select(field => field.Key))
            .ShouldBe("gitVersion gitCommit gitTreeState buildDate goVersion compiler platform");
        (await _server.GetAsync($"{group}/healthz")).Text.ShouldBe("ok");
        var guestfs = await _server.GetAsync($"{group}/guestfs");
        guestfs.Code.ShouldBe(HttpStatusCode.NotImplemented);
        guestfs.Message.ShouldContain("guestfs");
        (await _server.PutAsync($"{group}/version", "{}")).Code.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await _server.GetAsync($"{group}/nothing")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_version_is_one_that_clients_compare()
    {
        var version = await _server.GetAsync("/version");
        version["gitVersion"]!.ToString().ShouldMatch(@"^v1\.34\.0\+vireo");
        version["major"]!.ToString().ShouldBe("1");
        version["minor"]!.ToString().ShouldBe("34");
    }

    [Fact]
    public async Task The_schema_is_served_with_a_name_for_its_contents()
    {
        var index = await _server.GetAsync("/openapi/v3");
        var address = index["paths"]!["apis/kubevirt.io/v1"]!["serverRelativeURL"]!.ToString();
        (await _server.GetAsync(address))["components"]!["schemas"]!.AsObject().Count.ShouldBeGreaterThan(10);
        (await _server.GetAsync("/openapi/v2"))["swagger"]!.ToString().ShouldBe("2.0");
        (await _server.GetAsync("/openapi/v3/apis/none/v1")).Code.ShouldBe(HttpStatusCode.NotFound);

        using var first = await _server.Client.GetAsync("/openapi/v2");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/openapi/v2");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var unchanged = await _server.Client.SendAsync(again);
        unchanged.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await unchanged.Content.ReadAsStringAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("GET", "/api/v2", 404)]
    [InlineData("GET", "/api/v1/nothing", 404)]
    [InlineData("GET", "/api/v1/namespaces/default/virtualmachines", 404)]
    [InlineData("GET", "/apis/kubevirt.io/v1/virtualmachines/name", 404)]
    [InlineData("GET", "/api/v1/namespaces/default/namespaces", 404)]
    [InlineData("GET", RunningServer.Vms + "/a/log", 404)]
    [InlineData("POST", RunningServer.Vms + "/a", 405)]
    [InlineData("PUT", RunningServer.Vms, 405)]
    [InlineData("POST", "/apis/kubevirt.io/v1/virtualmachines", 405)]
    [InlineData("TRACE", RunningServer.Vms, 405)]
    public async Task What_is_not_served_is_answered_with_a_status(string method, string path, int code)
    {
        var reply = await _server.SendAsync(method, path, method == "POST" ? "{}" : null);
        ((int)reply.Code).ShouldBe(code);
        reply["kind"]!.ToString().ShouldBe("Status");
        reply["code"]!.GetValue<int>().ShouldBe(code);
    }
}
