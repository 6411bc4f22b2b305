using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;
using Vireo.Tests.ApiServer;
using Vireo.Tests.ApiServer.Security;

namespace Vireo.Tests.Program;

/// <summary>`vireo token` on a real server, and what `vireo agent --join` says before it asks one.</summary>
public sealed class TokenCommandTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_token_is_written_alone_on_a_line_and_how_to_use_it_beside_that()
    {
        var made = await _server.RunAsync("token create --ttl 30m --host host2 --description rack");
        made.ExitCode.ShouldBe(0, made.Error);
        var token = JoinTokenText.Parse(made.Output).ShouldNotBeNull();
        token.Authority.ShouldBe(_server.AuthorityHash());
        made.Error.ShouldContain($"vireo agent --join {_server.Server.Address.GetLeftPart(UriPartial.Authority)} ");
        made.Error.ShouldContain("--node-name host2");
        made.Error.ShouldContain("this machine's alone");

        (await _server.JoinAsync(token, "host2")).Host.ShouldBe("host2");
    }

    [Fact]
    public async Task The_list_tells_what_became_of_tokens_and_never_what_makes_them_work()
    {
        (await _server.RunAsync("token list")).Error.ShouldContain("vireo token create");
        var used = await _server.TokenAsync();
        await _server.JoinAsync(used, "host2");
        await _server.TokenAsync(expires: DateTimeOffset.UtcNow.AddMinutes(-1));
        var fresh = await _server.TokenAsync("host3");

        var list = await _server.RunAsync("token list");
        list.Lines[0]
            .ShouldBe(
                ["TOKEN", "STATE", "FOR HOST", "ENDS", "USED BY", "DESCRIPTION"],
                StringComparer.OrdinalIgnoreCase
            );
        list.Lines.Single(line => line[0] == used.Id)[1].ShouldBe("used");
        list.Lines.Single(line => line[0] == fresh.Id)[1..3].ShouldBe(["usable", "host3"]);
        list.Output.ShouldContain("ended");
        list.Output.ShouldNotContain(fresh.Secret);

        var json = JsonNode.Parse((await _server.RunAsync("token list -o json")).Output)!.AsArray();
        var entry = json.Single(each => (string?)each!["id"] == used.Id)!;
        ((string?)entry["usedBy"]).ShouldBe("host2");
        json.ToJsonString().ShouldNotContain(JoinToken.HashOf(fresh.Secret));
    }

    [Fact]
    public async Task A_token_is_deleted_by_its_id_or_whole()
    {
        var (one, other) = (await _server.TokenAsync(), await _server.TokenAsync());
        (await _server.RunAsync($"token delete {one.Id} {other}")).ExitCode.ShouldBe(0);
        (await Should.ThrowAsync<ApiException>(_server.JoinAsync(one, "host2"))).Message.ShouldContain("not known");
        var again = await _server.RunAsync($"token delete {one.Id}");
        again.ExitCode.ShouldBe(1);
        again.Error.ShouldContain($"there is no token {one.Id}");
    }

    [Theory]
    [InlineData("token create --ttl 200h", "--ttl: '200h'")]
    [InlineData("token create --ttl -1m", "--ttl: '-1m'")]
    [InlineData("token create --host Bad_Name", "--host: \"Bad_Name\" is no name for a host")]
    public async Task What_makes_no_sense_makes_no_token(string line, string says)
    {
        var refused = await _server.RunAsync(line);
        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain(says);
        var secrets = await new KubernetesClient(_server.Client).ListAsync<Secret>(new(), Ct);
        secrets.Items.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--join 10.0.0.1:7443", "--join: '10.0.0.1:7443' is no address of a server")]
    [InlineData("--join http://10.0.0.1:7443", "is no address of a server")]
    [InlineData("--join https://10.0.0.1:7443", "--join needs a token")]
    [InlineData("--join https://10.0.0.1:7443 --token abc", "--token: this is no join token")]
    [InlineData(
        "--join https://10.0.0.1:7443 --token abc123.abcdefghijklmnopqrstuvwx",
        "the part after the second dot, which tells the right server from a false one, is missing"
    )]
    [InlineData(
        "--join https://10.0.0.1:7443 --token abc123.abcdefghijklmnopqrstuvwx --ca-hash sha256:12",
        "--ca-hash: 'sha256:12' is no hash"
    )]
    public async Task An_agent_says_what_is_wrong_before_it_goes_anywhere(string options, string says)
    {
        var folder = Directory.CreateTempSubdirectory("vireo-");
        var refused = await RunningProgram.RunAsync($"agent --simulate --state-dir {folder.FullName} {options}");
        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldContain(says);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_kubeconfig_and_a_join_are_two_ways_of_which_one_is_taken()
    {
        var refused = await _server.RunAsync("agent --simulate --join https://10.0.0.1:7443 --token x");
        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain("leave --kubeconfig out");
    }
}
