using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Tests.ApiServer.Security;

/// <summary>Hosts join over the network, with TLS and certificates as they are.</summary>
public sealed class JoinTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private KubernetesClient Admin => new(_server.Client);

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_host_gets_a_certificate_of_its_own_for_a_token()
    {
        var identity = await _server.JoinAsync("host2");
        identity.Host.ShouldBe("host2");
        identity.Subject.Name.ShouldBe("system:node:host2");
        identity.Subject.Groups.ShouldBe(["system:nodes"]);
        identity.Subject.Unit.ShouldBe((await _server.HostAsync("host2"))!.Metadata.Uid);
        (await identity.Connect().FindAsync<Host>(new(null, "host2"), Ct)).ShouldNotBeNull();
        File.GetUnixFileMode(HostIdentity.PathIn(_server.FolderOf("host2")))
            .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(_server.FolderOf("host2")).Length.ShouldBe(1);
        await Eventually.HoldsAsync(() =>
            Admin.ListAsync<Event>(new(), Ct).Result.Items.Any(told => told.Reason == "HostJoined")
        );
    }

    [Fact]
    public async Task What_a_join_left_is_found_again()
    {
        var joined = await _server.JoinAsync("host2");
        var found = HostIdentity.Find(_server.FolderOf("host2")).ShouldNotBeNull();
        (found.Host, found.Server, found.Ends).ShouldBe((joined.Host, joined.Server, joined.Ends));
        (await found.Connect().FindAsync<Host>(new(null, "host2"), Ct)).ShouldNotBeNull();
        HostIdentity.Find(_server.FolderOf("host3")).ShouldBeNull();
    }

    [Fact]
    public async Task A_used_token_is_refused()
    {
        var token = await _server.TokenAsync();
        await _server.JoinAsync(token, "host2");
        var refusal = await Should.ThrowAsync<ApiException>(_server.JoinAsync(token, "host3"));
        refusal.Reason.ShouldBe(Reason.Forbidden);
        refusal.Message.ShouldStartWith(
            $"host \"host3\" cannot join: Join token {token.Id} was used by host \"host2\" at "
        );
        (await _server.HostAsync("host3")).ShouldBeNull();
    }

    [Fact]
    public async Task Of_hosts_that_come_with_the_same_token_at_once_one_joins()
    {
        var token = await _server.TokenAsync();
        var tries = Enumerable
            .Range(0, 8)
            .Select(async index =>
            {
                try
                {
                    await _server.JoinAsync(token, $"host{index}");
                    return true;
                }
                catch (ApiException refusal) when (refusal.Reason == Reason.Forbidden)
                {
                    return false;
                }
            });
        (await Task.WhenAll(tries)).Count(joined => joined).ShouldBe(1);
        (await Admin.ListAsync<Host>(new(), Ct)).Items.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_ended_a_deleted_and_a_made_up_token_are_refused()
    {
        var ended = await _server.TokenAsync(expires: DateTimeOffset.UtcNow.AddSeconds(-1));
        (await Should.ThrowAsync<ApiException>(_server.JoinAsync(ended, "host2"))).Message.ShouldContain(" ended at ");
        var deleted = await _server.TokenAsync();
        await Admin.DeleteAsync<Secret>(new(JoinToken.Namespace, JoinToken.NameOf(deleted.Id)), null, Ct);
        (await Should.ThrowAsync<ApiException>(_server.JoinAsync(deleted, "host2"))).Message.ShouldContain("not known");
        var guessed = (await _server.TokenAsync()) with { Secret = new('a', JoinTokenText.SecretLength) };
        (await Should.ThrowAsync<ApiException>(_server.JoinAsync(guessed, "host2"))).Message.ShouldContain("not known");
        (await _server.HostAsync("host2")).ShouldBeNull();
    }

    [Fact]
    public async Task A_token_without_a_type_of_its_own_is_no_token()
    {
        var token = await _server.TokenAsync();
        var key = new ResourceKey(JoinToken.Namespace, JoinToken.NameOf(token.Id));
        var secret = await Admin.FindAsync<Secret>(key, Ct);
        await Admin.DeleteAsync<Secret>(key, null, Ct);
        var other = secret! with
        {
            Metadata = new() { Name = key.Name, Namespace = key.Namespace },
            Type = "Opaque",
        };
        await Admin.CreateAsync(other, Ct);
        (await Should.ThrowAsync<ApiException>(_server.JoinAsync(token, "host2"))).Message.ShouldContain("not known");
    }

    [Fact]
    public async Task A_server_of_another_CA_gets_no_token()
    {
        var token = (await _server.TokenAsync()) with { Authority = new('0', 64) };
        (await Should.ThrowAsync<InvalidOperationException>(_server.JoinAsync(token, "host2"))).Message.ShouldContain(
            "is not the one that the token is for"
        );
        (await Admin.ListAsync<Secret>(new(), Ct)).Items.Select(JoinToken.Of).ShouldAllBe(kept => kept!.UsedBy == null);
    }

    [Fact]
    public async Task A_host_whose_answer_got_lost_joins_with_the_same_token_and_key()
    {
        var token = await _server.TokenAsync();
        var folder = _server.FolderOf("host2");
        // The key is made before it is asked, and this is all that such a host has.
        await Should.ThrowAsync<ApiException>(_server.JoinAsync(token with { Id = "nobody" }, "host2", folder));
        var key = await File.ReadAllTextAsync(Path.Combine(folder, "join.key"), Ct);
        await _server.JoinAsync(token, "host2", folder);
        File.Delete(HostIdentity.PathIn(folder));
        await File.WriteAllTextAsync(Path.Combine(folder, "join.key"), key, Ct);

        (await _server.JoinAsync(token, "host2", folder)).Host.ShouldBe("host2");
    }

    [Fact]
    public async Task The_name_of_a_host_is_not_given_twice_but_by_a_token_for_it()
    {
        await _server.JoinAsync("host2");
        var again = _server.FolderOf("again");
        (
            await Should.ThrowAsync<ApiException>(_server.JoinAsync(await _server.TokenAsync(), "host2", again))
        ).Message.ShouldContain("vireo token create --host host2");
        (await _server.JoinAsync(await _server.TokenAsync("host2"), "host2", again)).Host.ShouldBe("host2");
    }

    [Fact]
    public async Task A_host_that_was_removed_may_do_nothing_any_more_even_when_another_has_its_name()
    {
        var removed = (await _server.JoinAsync("host2")).Connect();
        await Admin.DeleteAsync<Host>(new(null, "host2"), null, Ct);
        (await RefusalAsync(removed)).ShouldContain("host \"host2\" was removed from the cluster");
        await _server.JoinAsync(await _server.TokenAsync(), "host2", _server.FolderOf("again"));
        (await RefusalAsync(removed)).ShouldContain("host \"host2\" was removed from the cluster");

        static async Task<string> RefusalAsync(KubernetesClient client) =>
            (await Should.ThrowAsync<ApiException>(client.FindAsync<Host>(new(null, "host2"), Ct))).Message;
    }

    [Fact]
    public async Task A_certificate_is_renewed_before_it_ends_and_the_agent_goes_on_with_the_new_one()
    {
        var identity = await _server.JoinAsync("host2");
        var (first, ends) = (identity.Trust.Own.Thumbprint, identity.Ends);
        (ends - DateTimeOffset.UtcNow).TotalDays.ShouldBe(90, 1);
        var clock = new ManualTimeProvider(identity.RenewAt.AddMinutes(-90));
        using var stop = new CancellationTokenSource();
        var renewal = new CertificateRenewal(identity, clock, NullLogger.Instance);
        var running = renewal.RunAsync(stop.Token);

        clock.Advance(TimeSpan.FromMinutes(60));
        await Eventually.HoldsAsync(() => clock.WaitingTimers == 1);
        identity.Trust.Own.Thumbprint.ShouldBe(first);
        clock.Advance(TimeSpan.FromMinutes(60));
        await Eventually.HoldsAsync(() => identity.Trust.Own.Thumbprint != first);

        (await identity.Connect().FindAsync<Host>(new(null, "host2"), Ct)).ShouldNotBeNull();
        HostIdentity.Find(_server.FolderOf("host2"))!.Trust.Own.Thumbprint.ShouldBe(identity.Trust.Own.Thumbprint);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
    }

    [Fact]
    public async Task Nobody_but_a_host_that_joined_gets_a_next_certificate()
    {
        var reply = await _server.PostAsync(JoinRequest.RenewPath, "{}");
        reply.Code.ShouldBe(System.Net.HttpStatusCode.Forbidden);
        (await _server.GetAsync(JoinRequest.Path)).Code.ShouldBe(System.Net.HttpStatusCode.MethodNotAllowed);
    }

    [Theory]
    [InlineData("{}", "token")]
    [InlineData("""{"token":"abc123.abcdefghijklmnopqrstuvwx","host":"Bad_Name"}""", "host")]
    [InlineData("""{"token":"abc123.abcdefghijklmnopqrstuvwx","host":"a","request":"x"}""", "request")]
    [InlineData("""{"tokens":"x"}""", "unknown field")]
    public async Task What_makes_no_sense_is_refused_by_field(string body, string field)
    {
        var reply = await _server.PostAsync(JoinRequest.Path, body);
        reply.Code.ShouldBe(System.Net.HttpStatusCode.BadRequest);
        reply.Message.ShouldContain(field);
    }
}
