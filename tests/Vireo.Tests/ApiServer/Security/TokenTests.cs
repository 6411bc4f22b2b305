using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Vireo.ApiServer;
using Vireo.ApiServer.Security;
using Vireo.Runtime;

namespace Vireo.Tests.ApiServer.Security;

/// <summary>Who comes in by a token, over the network.</summary>
public sealed class TokenTests : IAsyncLifetime
{
    private const string Accounts = "/api/v1/namespaces/default/serviceaccounts";
    private const string Secrets = "/api/v1/namespaces/default/secrets";
    private const string Nodes = "/api/v1/nodes";
    private const string Reviews = "/apis/authentication.k8s.io/v1/tokenreviews";

    private readonly ManualTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly string _file = Path.GetTempFileName();
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_file, "# people\nsesame,ann,u1,\"team,others\"\n");
        _server = await RunningServer.StartAsync(_time, told: options => options with { TokenFile = _file });
        (await _server.PostAsync(Accounts, """{"metadata":{"name":"robot"} }""")).Code.ShouldBe(HttpStatusCode.Created);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        File.Delete(_file);
    }

    [Fact]
    public async Task A_token_of_a_service_account_holds_until_its_end()
    {
        var made = await RequestAsync("""{"spec":{"expirationSeconds":600} }""");
        made["status"]!["expirationTimestamp"].ShouldNotBeNull();
        var token = Text(made);

        (await WhoAsync(token)).ShouldBe("system:serviceaccount:default:robot");
        _time.Advance(TimeSpan.FromSeconds(599));
        (await WhoAsync(token)).ShouldBe("system:serviceaccount:default:robot");
        _time.Advance(TimeSpan.FromSeconds(1));
        (await WhoAsync(token)).ShouldBe("Unauthorized");
        (await RequestAsync("""{"spec":{"expirationSeconds":599} }""")).Message.ShouldContain("less than 10 minutes");
    }

    [Fact]
    public async Task A_token_ends_with_its_account_also_when_another_bears_the_name()
    {
        var token = Text(await RequestAsync("{}"));
        (await _server.DeleteAsync(Accounts + "/robot")).Code.ShouldBe(HttpStatusCode.OK);
        (await WhoAsync(token)).ShouldBe("Unauthorized");
        await _server.PostAsync(Accounts, """{"metadata":{"name":"robot"} }""");
        (await WhoAsync(token)).ShouldBe("Unauthorized");
    }

    [Theory]
    [InlineData("Secret", Secrets)]
    [InlineData("Node", Nodes)]
    public async Task A_token_that_is_bound_to_an_object_ends_with_it(string kind, string path)
    {
        var uid = await MakeAsync(path);
        (await BindAsync(kind, "held", "UID")).Code.ShouldBe(HttpStatusCode.Conflict);
        (await BindAsync(kind, "none", uid)).Code.ShouldBe(HttpStatusCode.NotFound);
        (await BindAsync(kind, "", uid)).Code.ShouldBe(HttpStatusCode.BadRequest);
        (await BindAsync(kind, "held", uid, "v2")).Code.ShouldBe(HttpStatusCode.BadRequest);
        var token = Text(await BindAsync(kind, "held", uid));
        var unnamed = Text(await BindAsync(kind, "held", ""));

        (await WhoAsync(token)).ShouldBe("system:serviceaccount:default:robot");
        (await WhoAsync(unnamed)).ShouldBe("system:serviceaccount:default:robot");
        await _server.DeleteAsync(path + "/held");
        (await WhoAsync(token)).ShouldBe("Unauthorized");
        (await WhoAsync(unnamed)).ShouldBe("Unauthorized");
    }

    [Theory]
    [InlineData("Secret", Secrets)]
    [InlineData("Node", Nodes)]
    public async Task A_token_that_is_bound_to_an_object_is_not_bound_to_another_of_its_name(string kind, string path)
    {
        var token = Text(await BindAsync(kind, "held", await MakeAsync(path)));

        await _server.DeleteAsync(path + "/held");
        await MakeAsync(path);

        (await WhoAsync(token)).ShouldBe("Unauthorized");
        (await ReviewAsync($$"""{"spec":{"token":"{{token}}"} }"""))["authenticated"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Theory]
    [InlineData("Secret", Secrets)]
    [InlineData("Node", Nodes)]
    public async Task A_bound_token_tells_what_it_is_bound_to(string kind, string path)
    {
        var uid = await MakeAsync(path);
        var token = Text(await BindAsync(kind, "held", uid));

        var extra = (await ReviewAsync($$"""{"spec":{"token":"{{token}}"} }"""))["user"]!["extra"]!;

        var name = $"authentication.kubernetes.io/{kind.ToLowerInvariant()}";
        extra[$"{name}-name"]!.ToJsonString().ShouldBe("""["held"]""");
        extra[$"{name}-uid"]!.ToJsonString().ShouldBe($"""["{uid}"]""");
    }

    /// <summary>Pods are not served, and nothing else is a thing that tokens are bound to.</summary>
    [Theory]
    [InlineData("Pod")]
    [InlineData("Lease")]
    [InlineData("ServiceAccount")]
    [InlineData("secret")]
    [InlineData("")]
    public async Task A_token_is_bound_to_secrets_and_nodes_alone(string kind)
    {
        await MakeAsync(Secrets);

        var refused = await BindAsync(kind, "held", "");

        refused.Code.ShouldBe(HttpStatusCode.BadRequest);
        refused.Message.ShouldContain($"cannot bind token to object of kind \"{kind}\"");
        refused.Message.ShouldContain("a Secret or a Node");
    }

    [Fact]
    public async Task A_token_is_not_bound_to_a_secret_of_another_namespace()
    {
        const string Elsewhere = "/api/v1/namespaces/kube-system/secrets";
        var uid = await MakeAsync(Elsewhere);

        (await BindAsync("Secret", "held", uid)).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_token_for_others_opens_nothing_here_and_they_can_ask_whose_it_is()
    {
        var token = Text(await RequestAsync("""{"spec":{"audiences":["vault"]} }"""));
        (await WhoAsync(token)).ShouldBe("Unauthorized");
        var told = await ReviewAsync($$"""{"spec":{"token":"{{token}}","audiences":["vault","other"]} }""");
        told["authenticated"]!.GetValue<bool>().ShouldBeTrue();
        told["audiences"]!.ToJsonString().ShouldBe("""["vault"]""");
        told["user"]!["username"]!.ToString().ShouldBe("system:serviceaccount:default:robot");
        told["user"]!["groups"]!
            .ToJsonString()
            .ShouldBe("""["system:serviceaccounts","system:serviceaccounts:default","system:authenticated"]""");
        var mine = await ReviewAsync($$"""{"spec":{"token":"{{token}}"} }""");
        mine["authenticated"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task Others_check_tokens_by_the_keys_that_the_server_publishes()
    {
        var token = Text(await RequestAsync("{}"));
        var configuration = await _server.GetAsync("/.well-known/openid-configuration");
        var keys = (await _server.GetAsync(new Uri(configuration["jwks_uri"]!.ToString()).AbsolutePath))["keys"]!;
        var key = keys[0]!;
        using var check = ECDsa.Create(
            new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new()
                {
                    X = Base64Url.DecodeFromChars(key["x"]!.ToString()),
                    Y = Base64Url.DecodeFromChars(key["y"]!.ToString()),
                },
            }
        );
        var parts = token.Split('.');
        check
            .VerifyData(
                Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
                Base64Url.DecodeFromChars(parts[2]),
                HashAlgorithmName.SHA256
            )
            .ShouldBeTrue();
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!;
        claims["iss"]!.ToString().ShouldBe(configuration["issuer"]!.ToString());
        claims["sub"]!.ToString().ShouldBe("system:serviceaccount:default:robot");
    }

    [Fact]
    public async Task A_token_that_was_made_or_changed_by_others_is_nobodys()
    {
        var token = Text(await RequestAsync("{}"));
        var parts = token.Split('.');
        using var other = TokenKey.Create();
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!.AsObject();
        var unsigned = Base64Url.EncodeToString("""{"alg":"none"}"""u8);
        foreach (
            var forged in new[]
            {
                other.Sign(claims),
                $"{unsigned}.{parts[1]}.",
                $"{parts[0]}.{parts[1]}.",
                $"{parts[0]}.{parts[1]}.{parts[2][..^4]}AAAA",
                $"{parts[0]}.{parts[1]}x.{parts[2]}",
                "a.b.c",
                "..",
                "x",
            }
        )
        {
            (await WhoAsync(forged)).ShouldBe("Unauthorized", forged);
        }
    }

    [Fact]
    public async Task Users_come_in_by_the_token_file()
    {
        (await WhoAsync("sesame")).ShouldBe("ann");
        (await WhoAsync("sesam")).ShouldBe("Unauthorized");
        var told = await ReviewAsync("""{"spec":{"token":"sesame"} }""");
        told["user"]!
            .ToJsonString()
            .ShouldBe("""{"username":"ann","uid":"u1","groups":["team","others","system:authenticated"]}""");
        Should
            .Throw<ApiServerStartException>(() => StaticTokens.Parse(["a,b,c", "a,d,e"], "f"))
            .Message.ShouldBe("f, line 2: the token is in the file twice.");
        Should.Throw<ApiServerStartException>(() => StaticTokens.Parse(["a"], "f")).Message.ShouldContain("f, line 1");
    }

    [Fact]
    public async Task Machines_come_in_by_a_bootstrap_token_until_it_ends_and_never_as_masters()
    {
        var secret = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "bootstrap-token-abcdef" },
            ["type"] = "bootstrap.kubernetes.io/token",
            ["stringData"] = new JsonObject
            {
                ["token-id"] = "abcdef",
                ["token-secret"] = "0123456789abcdef",
                ["usage-bootstrap-authentication"] = "true",
                ["auth-extra-groups"] = "system:bootstrappers:rack3,system:masters",
                ["expiration"] = _time.GetUtcNow().AddHours(1).ToString("O"),
            },
        };
        var made = await _server.PostAsync("/api/v1/namespaces/kube-system/secrets", secret.ToJsonString());
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);

        (await WhoAsync("abcdef.0123456789abcdef")).ShouldBe("system:bootstrap:abcdef");
        (await WhoAsync("abcdef.0123456789abcdee")).ShouldBe("Unauthorized");
        var told = await ReviewAsync("""{"spec":{"token":"abcdef.0123456789abcdef"} }""");
        told["user"]!["groups"]!
            .ToJsonString()
            .ShouldBe("""["system:bootstrappers","system:bootstrappers:rack3","system:authenticated"]""");
        _time.Advance(TimeSpan.FromHours(1));
        (await WhoAsync("abcdef.0123456789abcdef")).ShouldBe("Unauthorized");
    }

    /// <summary>Makes the object "held".</summary>
    private async Task<string> MakeAsync(string path)
    {
        var made = await _server.PostAsync(path, """{"metadata":{"name":"held"} }""");
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);
        return made["metadata"]!["uid"]!.ToString();
    }

    private Task<Reply> BindAsync(string kind, string name, string uid, string version = "v1") =>
        RequestAsync(
            $$$"""
            {"spec":{"boundObjectRef":{"kind":"{{{kind}}}","apiVersion":"{{{version}}}","name":"{{{name}}}","uid":"{{{uid}}}"} } }
            """
        );

    private static string Text(Reply made)
    {
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);
        return made["status"]!["token"]!.ToString();
    }

    private Task<Reply> RequestAsync(string body) => _server.PostAsync(Accounts + "/robot/token", body);

    private async Task<JsonObject> ReviewAsync(string body)
    {
        var reply = await _server.PostAsync(Reviews, body);
        reply.Code.ShouldBe(HttpStatusCode.Created, reply.Text);
        return reply["status"]!.AsObject();
    }

    /// <summary>The user that a token makes, or why it makes none.</summary>
    private async Task<string> WhoAsync(string token)
    {
        using var client = Client();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + token);
        var reply = await RunningServer.SendAsync(
            client,
            "POST",
            "/apis/authentication.k8s.io/v1/selfsubjectreviews",
            "{}"
        );
        return reply.Code == HttpStatusCode.Created
            ? reply["status"]!["userInfo"]!["username"]!.ToString()
            : reply.Reason;
    }

    private HttpClient Client()
    {
        var authority = X509Certificate2.CreateFromPem(
            Kubeconfig.Read(_server.Server.KubeconfigPath).CertificateAuthority
        );
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { authority },
            RevocationMode = X509RevocationMode.NoCheck,
        };
        return new HttpClient(handler) { BaseAddress = _server.Server.Address };
    }
}
