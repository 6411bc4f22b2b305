using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Vireo.ApiServer.Answers;

namespace Vireo.ApiServer.Security;

/// <summary>Finds out who makes a request: from the process itself, or by a client certificate of our CA.</summary>
internal sealed class Authenticator(X509Certificate2 authority, TimeProvider time)
{
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private static readonly object ConnectionKey = new();

    /// <summary>Who asks.</summary>
    /// <exception cref="StatusException">Unauthorized: an identity was shown that does not hold.</exception>
    public Caller Identify(HttpContext context)
    {
        if (context.Features.Get<Caller>() is { } inProcess)
        {
            return inProcess;
        }

        if (context.Request.Headers.ContainsKey("Authorization"))
        {
            throw Refusals.Unauthorized();
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

    private Caller Verify(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid(ClientAuthentication));
        if (!chain.Build(certificate))
        {
            throw Refusals.Unauthorized();
        }

        var name = Names(certificate, CommonName).FirstOrDefault() ?? throw Refusals.Unauthorized();
        return Caller.Known(name, Names(certificate, Organization));
    }

    private static IEnumerable<string> Names(X509Certificate2 certificate, string oid) =>
        certificate
            .SubjectName.EnumerateRelativeDistinguishedNames(reversed: false)
            .Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == oid)
            .Select(part => part.GetSingleElementValue() ?? "");
}
