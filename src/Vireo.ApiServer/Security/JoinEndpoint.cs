using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.ApiServer.Acting;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Hosting;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.ApiServer.Security;

/// <summary>Gives hosts their certificates: the first one for a token, the next for the one before.</summary>
/// <param name="authority">Vouches for hosts.</param>
/// <param name="gate">Knows which hosts were removed.</param>
/// <param name="client">The API, as the server itself.</param>
/// <param name="time">The time.</param>
/// <param name="logger">Told of hosts that join.</param>
internal sealed class JoinEndpoint(
    CertificateAuthority authority,
    AgentGate gate,
    KubernetesClient client,
    TimeProvider time,
    ILogger logger
)
{
    private const string EllipticCurve = "1.2.840.10045.2.1";
    private const int Attempts = 5;

    /// <summary>How long a token that ended is kept, so that its user is told what became of it.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    private readonly EventRecorder _events = new(client, "vireo-apiserver", null, time);

    /// <summary>True for the paths that are served here.</summary>
    public static bool Serves(string path) =>
        path is JoinRequest.Path or JoinRequest.AuthorityPath or JoinRequest.RenewPath;

    public Task HandleAsync(HttpContext http, Caller caller, string path)
    {
        if (http.Request.Method != (path == JoinRequest.AuthorityPath ? HttpMethods.Get : HttpMethods.Post))
        {
            throw Refusals.MethodNotAllowed();
        }

        return path switch
        {
            // Whoever asks knows from the token what it hashes to, and believes nothing else.
            JoinRequest.AuthorityPath => Answer.TextAsync(
                http,
                200,
                authority.Certificate.ExportCertificatePem() + "\n"
            ),
            JoinRequest.Path => JoinAsync(http),
            _ => RenewAsync(http, caller),
        };
    }

    private async Task JoinAsync(HttpContext http)
    {
        var asked = await ActionBody.ReadAsync(http, ApiJson.Default.JoinRequest);
        var token =
            JoinTokenText.Parse(asked.Token)
            ?? throw Refusals.BadRequest(
                "token: this is no join token: copy it whole, as 'vireo token create' wrote it"
            );
        if (JoinRules.CheckHost(asked.Host) is { } fault)
        {
            throw Refusals.BadRequest($"host: {fault}");
        }

        var (name, key) = (asked.Host!, KeyOf(asked));
        await TakeAsync(token, name, key, http.RequestAborted);
        var host = await EnsureAsync(name, http.RequestAborted);
        await SweepAsync(http.RequestAborted);
        await GiveAsync(http, name, host.Metadata.Uid!, key);
        Log.HostJoined(logger, name, token.Id);
        await _events.RecordAsync(
            host,
            "Normal",
            "HostJoined",
            $"Host {name} joined with token {token.Id}.",
            http.RequestAborted
        );
    }

    private async Task RenewAsync(HttpContext http, Caller caller)
    {
        if (caller.Host is not { } host)
        {
            throw caller.IsAnonymous
                ? Refusals.Unauthorized()
                : Refusals.Forbidden("forbidden", $"User \"{caller.Name}\" is not the agent of a host that joined");
        }

        if (Impersonation.IsAskedFor(http.Request))
        {
            // It would last longer than the right to act as the agent.
            throw Refusals.Forbidden("forbidden", "a certificate is renewed for its agent, not for who acts as it");
        }

        gate.RequireHost(caller);
        var asked = await ActionBody.ReadAsync(http, ApiJson.Default.JoinRequest);
        await GiveAsync(http, host, caller.HostUid!, KeyOf(asked));
    }

    /// <summary>Uses the token up: of two that come with the same one, one is too late.</summary>
    private async Task TakeAsync(JoinTokenText shown, string host, PublicKey key, CancellationToken ct)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
        for (var attempt = 1; ; attempt++)
        {
            var secret = await client.FindAsync<Secret>(new(JoinToken.Namespace, JoinToken.NameOf(shown.Id)), ct);
            var token = secret is null ? null : JoinToken.Of(secret);
            var isKnown = await client.FindAsync<Host>(new(null, host), ct) is not null;
            if (JoinRules.Refuse(token, new(shown.Secret, host, hash, isKnown), time.GetUtcNow()) is { } why)
            {
                throw Refusals.Forbidden($"host \"{host}\" cannot join", why);
            }

            if (token!.UsedBy is not null)
            {
                return;
            }

            try
            {
                var used = token with { UsedBy = host, UsedAt = time.GetUtcNow(), UsedKey = hash };
                await client.ReplaceAsync(used.ToSecret(secret!.Metadata), ct);
                return;
            }
            catch (ApiException e) when (e.Reason is Reason.Conflict or Reason.NotFound && attempt < Attempts)
            {
                // Somebody else used or deleted it: look again.
            }
        }
    }

    /// <summary>Removes tokens that ended long ago.</summary>
    private async Task SweepAsync(CancellationToken ct)
    {
        var query = new ListQuery(Namespace: JoinToken.Namespace, FieldSelector: $"type={JoinToken.SecretType}");
        var tokens = (await client.ListAsync<Secret>(query, ct)).Items.Select(JoinToken.Of).OfType<JoinToken>();
        foreach (var token in tokens.Where(token => token.Expires + Remembered < time.GetUtcNow()))
        {
            await client.DeleteAsync<Secret>(new(JoinToken.Namespace, JoinToken.NameOf(token.Id)), null, ct);
        }
    }

    private async Task<Host> EnsureAsync(string name, CancellationToken ct)
    {
        var key = new ResourceKey(null, name);
        if (await client.FindAsync<Host>(key, ct) is { } host)
        {
            return host;
        }

        try
        {
            return await client.CreateAsync(new Host { Metadata = new() { Name = name } }, ct);
        }
        catch (ApiException e) when (e.Reason == Reason.AlreadyExists)
        {
            throw Refusals.Forbidden(
                $"host \"{name}\" cannot join",
                "another host of that name joined at this moment: choose another name with --node-name"
            );
        }
    }

    private async Task GiveAsync(HttpContext http, string host, string uid, PublicKey key)
    {
        using var certificate = authority.ForHost(host, uid, key);
        var answer = new JoinAnswer { Certificate = certificate.ExportCertificatePem() + "\n" };
        await Answer.BytesAsync(http, 200, JsonSerializer.SerializeToUtf8Bytes(answer, ApiJson.Default.JoinAnswer));
    }

    /// <summary>
    /// The public key of a signing request, which shows by its signature that the asker has the other one.
    /// </summary>
    private static PublicKey KeyOf(JoinRequest asked)
    {
        try
        {
            var request = CertificateRequest.LoadSigningRequestPem(asked.Request ?? "", HashAlgorithmName.SHA256);
            return request.PublicKey.Oid.Value == EllipticCurve
                ? request.PublicKey
                : throw Refusals.BadRequest("request: the key must be one of an elliptic curve");
        }
        catch (Exception broken) when (broken is CryptographicException or ArgumentException)
        {
            throw Refusals.BadRequest($"request: this is no certificate signing request: {broken.Message}");
        }
    }
}
