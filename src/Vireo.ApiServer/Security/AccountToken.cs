using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.ApiServer.Security;

/// <summary>What the token of a service account says.</summary>
/// <param name="Issuer">Who made it.</param>
/// <param name="Audiences">Those it is for.</param>
/// <param name="Namespace">The account's namespace.</param>
/// <param name="Name">The account's name.</param>
/// <param name="Uid">The account's identity: another of its name has no use of the token.</param>
/// <param name="From">When it was made.</param>
/// <param name="Until">When it ends.</param>
/// <param name="Id">Names the token, and tells nothing.</param>
internal sealed record AccountToken(
    string Issuer,
    IReadOnlyList<string> Audiences,
    string Namespace,
    string Name,
    string Uid,
    DateTimeOffset From,
    DateTimeOffset Until,
    string Id
)
{
    private const string Private = "kubernetes.io";

    /// <summary>The object that it ends with: the kind, the name, the uid; null when there is none.</summary>
    public (string Kind, string Name, string Uid)? Bound { get; init; }

    /// <summary>The user that the account is.</summary>
    public string User => $"system:serviceaccount:{Namespace}:{Name}";

    public JsonObject ToClaims()
    {
        var about = new JsonObject
        {
            ["namespace"] = Namespace,
            ["serviceaccount"] = new JsonObject { ["name"] = Name, ["uid"] = Uid },
        };
        if (Bound is { } bound)
        {
            about[bound.Kind.ToLowerInvariant()] = new JsonObject { ["name"] = bound.Name, ["uid"] = bound.Uid };
        }

        return new()
        {
            ["aud"] = new JsonArray([.. Audiences.Select(audience => (JsonNode)audience)]),
            ["exp"] = Until.ToUnixTimeSeconds(),
            ["iat"] = From.ToUnixTimeSeconds(),
            ["iss"] = Issuer,
            ["jti"] = Id,
            [Private] = about,
            ["nbf"] = From.ToUnixTimeSeconds(),
            ["sub"] = User,
        };
    }

    /// <summary>Reads what a token claims; null when that is not what ours do.</summary>
    public static AccountToken? Of(JsonObject claims)
    {
        try
        {
            var about = In(claims, Private);
            var account = In(about, "serviceaccount");
            return new(
                Text(claims, "iss"),
                [.. In(claims, "aud").AsArray().Select(audience => audience?.GetValue<string>() ?? "")],
                Text(about, "namespace"),
                Text(account, "name"),
                Text(account, "uid"),
                DateTimeOffset.FromUnixTimeSeconds(In(claims, "nbf").GetValue<long>()),
                DateTimeOffset.FromUnixTimeSeconds(In(claims, "exp").GetValue<long>()),
                Text(claims, "jti")
            )
            {
                Bound = BoundIn(about),
            };
        }
        catch (Exception wrong)
            when (wrong is InvalidOperationException or FormatException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static (string Kind, string Name, string Uid)? BoundIn(JsonNode about)
    {
        foreach (var kind in new[] { ResourceKinds.Secrets.Kind, ResourceKinds.Nodes.Kind })
        {
            if (about[kind.ToLowerInvariant()] is { } bound)
            {
                return (kind, Text(bound, "name"), Text(bound, "uid"));
            }
        }

        return null;
    }

    private static JsonNode In(JsonNode node, string name) =>
        node[name] ?? throw new FormatException($"the token does not say {name}");

    private static string Text(JsonNode node, string name) => In(node, name).GetValue<string>();
}
