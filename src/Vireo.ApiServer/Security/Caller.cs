using Vireo.Api;

namespace Vireo.ApiServer.Security;

/// <summary>Who makes a request.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="Groups">The groups the user is in.</param>
internal sealed record Caller(string Name, IReadOnlyList<string> Groups)
{
    /// <summary>The group that may do everything.</summary>
    public const string Masters = "system:masters";

    /// <summary>The group of Vireo's own parts: they may write what belongs to the system.</summary>
    public const string Vireo = "system:vireo";

    private const string Authenticated = "system:authenticated";

    /// <summary>The caller in the form in which clients are told of users.</summary>
    public UserInfo Told =>
        new()
        {
            Username = Name,
            Uid = Uid,
            Groups = Groups,
            Extra = Extra,
        };

    /// <summary>Nobody is known to have asked.</summary>
    public static Caller Anonymous { get; } = new("system:anonymous", ["system:unauthenticated"]);

    /// <summary>The server itself, when it carries out what a caller was allowed to ask for.</summary>
    public static Caller Server { get; } = Known("system:apiserver", [Masters, Vireo]);

    /// <summary>A caller who has shown who they are.</summary>
    public static Caller Known(string name, IEnumerable<string> groups) =>
        new(name, [.. groups.Where(group => group != Authenticated).Distinct(), Authenticated]);

    /// <summary>The groups of the service accounts of a namespace.</summary>
    public static IEnumerable<string> GroupsOfAccount(string ns) =>
        ["system:serviceaccounts", $"system:serviceaccounts:{ns}"];

    /// <summary>What tells the user apart from others of the name; null when nothing does.</summary>
    public string? Uid { get; init; }

    /// <summary>What else is known of the user, for those who ask.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Extra { get; init; }

    /// <summary>The host whose agent this is, by its name and group; null for others.</summary>
    public string? Host { get; init; }

    /// <summary>
    /// The uid that the Host had when it joined, by the certificate, which is worth no more than the Host lasts; of
    /// who came in without one, the uid that it has now.
    /// </summary>
    public string? HostUid { get; init; }

    /// <summary>True when nobody is known to have asked.</summary>
    public bool IsAnonymous => ReferenceEquals(this, Anonymous);

    /// <summary>True when the caller may do everything.</summary>
    public bool IsMaster => Groups.Contains(Masters);

    /// <summary>True for Vireo's own parts.</summary>
    public bool IsSystem => Groups.Contains(Vireo) || Host is not null;
}
