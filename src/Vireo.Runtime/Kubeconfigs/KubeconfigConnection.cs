namespace Vireo.Runtime;

/// <summary>How to reach a server and who asks: what one context of a kubeconfig comes to.</summary>
public sealed record KubeconfigConnection
{
    /// <summary>The server's address, <c>https://host:port</c>.</summary>
    public required Uri Server { get; init; }

    /// <summary>The namespace for requests that name none.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>PEM of the authorities that are trusted to name the server; null for the system's.</summary>
    public string? CertificateAuthority { get; init; }

    /// <summary>The name to expect in the server's certificate when it is not the address's.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>True to accept any server certificate: for trials only.</summary>
    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>PEM of the client's certificate chain.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>PEM of the client certificate's private key.</summary>
    public string? ClientKey { get; init; }

    /// <summary>A bearer token.</summary>
    public string? Token { get; init; }

    /// <summary>A file with a bearer token that is replaced from time to time; wins over <see cref="Token"/>.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The server alone, so that no key or token ends in a log.</summary>
    public override string ToString() => Server.ToString();
}
