namespace Vireo.Api;

/// <summary>Asks for a certificate for a host: to join the cluster, or to go on being in it.</summary>
public sealed record JoinRequest
{
    /// <summary>Where a host asks to join. Anybody may; the token decides.</summary>
    public const string Path = "/join";

    /// <summary>Where the CA is told to those who know its hash from their token.</summary>
    public const string AuthorityPath = "/join/authority";

    /// <summary>Where a host that has joined asks for its next certificate.</summary>
    public const string RenewPath = "/join/renew";

    /// <summary>The one-time token, its id and secret; nothing for a renewal.</summary>
    public string? Token { get; init; }

    /// <summary>The host's name in the cluster; nothing for a renewal.</summary>
    public string? Host { get; init; }

    /// <summary>A certificate signing request in PEM. Only its key counts.</summary>
    public string? Request { get; init; }
}

/// <summary>What a host is given.</summary>
public sealed record JoinAnswer
{
    /// <summary>The host's certificate, in PEM.</summary>
    public required string Certificate { get; init; }
}
