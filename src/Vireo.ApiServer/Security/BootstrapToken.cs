using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Vireo.Api;

namespace Vireo.ApiServer.Security;

/// <summary>A token by which a machine comes in for the first time, as Kubernetes keeps them: in a Secret.</summary>
/// <param name="Id">Its name, no secret.</param>
/// <param name="Text">What makes it work.</param>
internal sealed partial record BootstrapToken(string Id, string Text)
{
    /// <summary>Where these Secrets are.</summary>
    public const string Namespace = "kube-system";

    private const string SecretType = "bootstrap.kubernetes.io/token";
    private const string Group = "system:bootstrappers";

    /// <summary>The Secret that keeps it.</summary>
    public string SecretName => $"bootstrap-token-{Id}";

    /// <summary>Reads a token; null when it is none of this kind.</summary>
    public static BootstrapToken? Parse(string token) =>
        Pattern().Match(token) is { Success: true } match
            ? new(match.Groups["id"].Value, match.Groups["text"].Value)
            : null;

    /// <summary>Who comes by it; null when the Secret does not say that it may be used now.</summary>
    public Caller? Identify(Secret? secret, DateTimeOffset now)
    {
        if (
            secret is not { Type: SecretType, Metadata.DeletionTimestamp: null }
            || Value(secret, "token-id") != Id
            || Value(secret, "usage-bootstrap-authentication") != "true"
            || !CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(Value(secret, "token-secret") ?? ""),
                Encoding.UTF8.GetBytes(Text)
            )
            || HasEnded(Value(secret, "expiration"), now)
        )
        {
            return null;
        }

        // Only groups of their own: a Secret must not make anybody a master.
        var more = (Value(secret, "auth-extra-groups") ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(group => group.StartsWith(Group + ":", StringComparison.Ordinal));
        return Caller.Known($"system:bootstrap:{Id}", more.Prepend(Group));
    }

    private static bool HasEnded(string? expiration, DateTimeOffset now) =>
        expiration is not null
        && !(
            DateTimeOffset.TryParse(
                expiration,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var end
            )
            && now < end
        );

    private static string? Value(Secret secret, string name)
    {
        if (secret.Data?.GetValueOrDefault(name) is not { } text)
        {
            return null;
        }

        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(text));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^(?<id>[a-z0-9]{6})\.(?<text>[a-z0-9]{16})\z", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex Pattern();
}
