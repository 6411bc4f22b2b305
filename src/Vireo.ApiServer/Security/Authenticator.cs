using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Vireo.ApiServer.Answers;
using Vireo.Runtime;

namespace Vireo.ApiServer.Security;

/// <summary>Finds out who makes a request: from the process, by a token, or by a certificate.</summary>
internal sealed class Authenticator(X509Certificate2 authority, BearerTokens tokens, TimeProvider time)
{
    private readonly DoorTrust _trust = new(authority, () => authority);

    private static readonly object ConnectionKey = new();

    /// <summary>Who asks.</summary>
    /// <exception cref="StatusException">Unauthorized: an identity was shown that does not hold.</exception>
    public Caller Identify(HttpContext context)
    {
        if (context.Features.Get<Caller>() is { } inProcess)
        {
            return inProcess;
        }

        if (context.Request.Headers.Authorization is [{ Length: > 0 } shown, ..])
        {
            return tokens.Identify(BearerOf(shown) ?? throw Refusals.Unauthorized(), tokens.Audiences)?.Caller
                ?? throw Refusals.Unauthorized();
        }

        if (context.Connection.ClientCertificate is not { } certificate)
        {
            return Caller.Anonymous;
        }

        // A connection has one certificate: its chain is checked once.
        var items = context.Features.Get<IConnectionItemsFeature>()?.Items;
        if (items is not null && items.TryGetValue(ConnectionKey, out var known) && known is Caller caller)
        {
            return certificate.NotAfter.ToUniversalTime() > time.GetUtcNow().UtcDateTime
                ? caller
                : throw Refusals.Unauthorized();
        }

        caller = Verify(certificate);
        items?[ConnectionKey] = caller;
        return caller;
    }

    private static string? BearerOf(string header) =>
        header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        && header["Bearer ".Length..].Trim() is { Length: > 0 } token
            ? token
            : null;

    private Caller Verify(X509Certificate2 certificate)
    {
        var subject = _trust.Identify(certificate, time.GetUtcNow()) ?? throw Refusals.Unauthorized();
        return Caller.Known(subject.Name, subject.Groups) with { Host = subject.Host, HostUid = subject.Unit };
    }
}
