using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Vireo.Rules;

/// <summary>Who asks to join.</summary>
/// <param name="Secret">The secret of the token that was shown.</param>
/// <param name="Host">The name the host wants.</param>
/// <param name="Key">The hash of the host's public key.</param>
/// <param name="IsKnown">True when the cluster has a host of that name.</param>
public sealed record JoinAttempt(string Secret, string Host, string Key, bool IsKnown);

/// <summary>Whether a host may join by a token.</summary>
public static class JoinRules
{
    /// <summary>As long as the value of a label, which a host's name is.</summary>
    private const int LongestHost = 63;

    private const string Another = "Make another with 'vireo token create'.";

    /// <summary>Why not; null when it may.</summary>
    /// <param name="token">The token of the id that was shown; null when there is none.</param>
    /// <param name="attempt">Who asks.</param>
    /// <param name="now">The time.</param>
    /// <remarks>Who does not know the secret is told nothing about the token.</remarks>
    public static string? Refuse(JoinToken? token, JoinAttempt attempt, DateTimeOffset now)
    {
        if (token is null || !IsSame(token.Hash, JoinToken.HashOf(attempt.Secret)))
        {
            return $"This join token is not known: it was mistyped, or deleted. {Another}";
        }

        if (token.UsedBy is { } user)
        {
            return user == attempt.Host && token.UsedKey == attempt.Key && now < token.Expires
                ? null
                : $"Join token {token.Id} was used by host \"{user}\"{At(token.UsedAt)}: a token joins one host, once. "
                    + Another;
        }

        if (now >= token.Expires)
        {
            return $"Join token {token.Id} ended{At(token.Expires)}. {Another}";
        }

        if (token.Host is { } only && only != attempt.Host)
        {
            return $"Join token {token.Id} is for host \"{only}\", and this one is \"{attempt.Host}\": name it so with "
                + "--node-name, or make a token without --host.";
        }

        return attempt.IsKnown && token.Host is null
            ? $"There is a host \"{attempt.Host}\" already: choose another name with --node-name. If this is that host, "
                + $"make a token for it with 'vireo token create --host {attempt.Host}'."
            : null;
    }

    /// <summary>What is wrong with the name of a host; null when it is fine.</summary>
    public static string? CheckHost(string? name) =>
        name is { Length: > 0 and <= LongestHost } && name.Split('.').All(IsLabel)
            ? null
            : $"\"{name}\" is no name for a host: at most {LongestHost} lower case letters, digits, '-' and '.', with a "
                + "letter or digit at both ends. Name it with --node-name.";

    private static bool IsLabel(string part) =>
        part.Length > 0
        && part.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-')
        && part[0] != '-'
        && part[^1] != '-';

    private static bool IsSame(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    private static string At(DateTimeOffset? time) =>
        time is { } at
            ? string.Create(CultureInfo.InvariantCulture, $" at {at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}")
            : "";
}
