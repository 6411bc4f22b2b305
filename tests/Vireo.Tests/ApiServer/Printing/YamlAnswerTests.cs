using System.Net;
using System.Text.Json.Nodes;
using Vireo.Runtime;

namespace Vireo.Tests.ApiServer.Printing;

public sealed class YamlAnswerTests : IAsyncLifetime
{
    private const string Type = "application/yaml";
    private const string Maps = RunningServer.ConfigMaps;

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("?limit=1")]
    [InlineData("?labelSelector=none%3Dthere")]
    [InlineData("/not-there")]
    public async Task Who_asks_for_yaml_gets_what_others_get_as_json(string path)
    {
        await _server.MakeAsync("a", data: """{"plain":"x","number":"1","lines":"one\ntwo\n","odd":": # \u0001"}""");
        await _server.MakeAsync("b");
        var json = await _server.GetAsync(Maps + path);

        var yaml = await _server.GetAsync(Maps + path, Type);

        yaml.Code.ShouldBe(json.Code);
        yaml.ContentType.ShouldBe(Type);
        yaml.Text.ShouldNotStartWith("{");
        Same(Yaml.ToJson(yaml.Text).ShouldHaveSingleItem(), json.Json);
    }

    [Fact]
    public async Task A_long_list_is_whole_also_as_yaml()
    {
        var text = new string('x', 100_000);
        for (var i = 10; i < 30; i++)
        {
            await _server.MakeAsync($"long-{i}", data: $$"""{"x":"{{text}}"}""");
        }

        var yaml = await _server.GetAsync(Maps, Type);

        Same(Yaml.ToJson(yaml.Text).ShouldHaveSingleItem(), (await _server.GetAsync(Maps)).Json);
    }

    [Fact]
    public async Task Writes_refusals_reviews_and_what_is_served_are_told_in_yaml()
    {
        var body = """{"metadata":{"name":"made"} }""";
        var made = await _server.SendAsync("POST", Maps, body, accept: Type);
        made.Code.ShouldBe(HttpStatusCode.Created);
        made.Text.ShouldStartWith("apiVersion: v1\nkind: ConfigMap\nmetadata:\n");
        var twice = await _server.SendAsync("POST", Maps, body, accept: Type);
        twice.Code.ShouldBe(HttpStatusCode.Conflict);
        twice.Text.ShouldContain("reason: AlreadyExists");
        var review = await _server.SendAsync(
            "POST",
            "/apis/authentication.k8s.io/v1/selfsubjectreviews",
            "{}",
            accept: Type
        );
        review.Text.ShouldContain("username: tester");
        (await _server.GetAsync("/api/v1", Type)).Text.ShouldContain("kind: APIResourceList");
        var deleted = await _server.SendAsync("DELETE", $"{Maps}/made", accept: Type);
        deleted.Text.ShouldContain("status: Success");
    }

    [Theory]
    [InlineData("application/json,application/yaml", "application/json")]
    [InlineData("application/yaml,application/json", Type)]
    [InlineData("application/yaml;as=Table;v=v1;g=meta.k8s.io,application/json", "application/json")]
    [InlineData("application/vnd.kubernetes.protobuf,application/yaml", Type)]
    [InlineData("*/*", "application/json")]
    public async Task The_first_form_that_can_be_written_is_written(string accept, string type)
    {
        await _server.MakeAsync("a");
        (await _server.GetAsync($"{Maps}/a", accept)).ContentType.ShouldBe(type);
    }

    [Fact]
    public async Task A_watch_is_not_written_in_yaml()
    {
        var watch = await _server.GetAsync($"{Maps}?watch=true&timeoutSeconds=1", Type);
        watch.Code.ShouldBe(HttpStatusCode.NotAcceptable);
        watch.Text.ShouldContain("only the following media types are accepted: application/json");
    }

    private static void Same(JsonNode found, JsonNode expected) =>
        JsonNode.DeepEquals(found, expected).ShouldBeTrue($"{found}\n{expected}");
}
