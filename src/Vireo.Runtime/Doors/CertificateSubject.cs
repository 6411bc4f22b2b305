using System.Security.Cryptography.X509Certificates;

namespace Vireo.Runtime;

/// <summary>Who a certificate of the cluster's CA is for.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="Groups">The groups the user is in.</param>
/// <param name="Unit">The organizational unit: the uid of the Host, in an agent's certificate.</param>
public sealed record CertificateSubject(string Name, IReadOnlyList<string> Groups, string? Unit)
{
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";
    private const string OrganizationalUnit = "2.5.4.11";

    /// <summary>What Kubernetes calls the users that agents are, before the name of their host.</summary>
    public const string NodePrefix = "system:node:";

    /// <summary>The group of all agents.</summary>
    public const string Nodes = "system:nodes";

    /// <summary>The API server, where it goes to agents.</summary>
    public const string Server = "system:apiserver";

    /// <summary>The host whose agent this is; null for others.</summary>
    public string? Host =>
        Groups.Contains(Nodes) && Name.StartsWith(NodePrefix, StringComparison.Ordinal)
            ? Name[NodePrefix.Length..]
            : null;

    /// <summary>
    /// The one name that the certificate of a host's agent bears as a server. It is the host's, not an address's: no
    /// agent can pass for the API server or for another host, wherever it listens.
    /// </summary>
    public static string DnsNameOf(string host) => $"{host}.hosts.vireo.internal";

    /// <summary>Reads the subject; null when it names nobody.</summary>
    public static CertificateSubject? Of(X509Certificate2 certificate)
    {
        var parts = certificate
            .SubjectName.EnumerateRelativeDistinguishedNames(reversed: false)
            .Where(part => !part.HasMultipleElements)
            .ToLookup(
                part => part.GetSingleElementType().Value,
                part => part.GetSingleElementValue() ?? "",
                StringComparer.Ordinal
            );
        return parts[CommonName].FirstOrDefault() is { Length: > 0 } name
            ? new(name, [.. parts[Organization]], parts[OrganizationalUnit].FirstOrDefault())
            : null;
    }
}
