using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>A one-time token by which one host may join. It is kept as a Secret, without what makes it work.</summary>
/// <param name="Id">Its name, no secret.</param>
/// <param name="Hash">What its secret hashes to.</param>
/// <param name="Expires">When it ends.</param>
public sealed record JoinToken(string Id, string Hash, DateTimeOffset Expires)
{
    /// <summary>The type of the Secrets that tokens are kept as.</summary>
    public const string SecretType = "vireo.dev/join-token";

    /// <summary>The namespace of these Secrets.</summary>
    public const string Namespace = "kube-system";

    private const string NamePrefix = "join-token-";

    /// <summary>The only host that may use it; null for any new one.</summary>
    public string? Host { get; init; }

    /// <summary>What it is for, for people.</summary>
    public string? Description { get; init; }

    /// <summary>The host that used it; null while nobody did.</summary>
    public string? UsedBy { get; init; }

    /// <summary>When it was used.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>The key that it was used with: that host may ask again when the answer got lost.</summary>
    public string? UsedKey { get; init; }

    /// <summary>The name of the Secret of a token.</summary>
    public static string NameOf(string id) => NamePrefix + id;

    /// <summary>What a secret hashes to.</summary>
    public static string HashOf(string secret) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Reads the token that a Secret keeps; null when it keeps none.</summary>
    public static JoinToken? Of(Secret secret)
    {
        if (secret.Type != SecretType || secret.Metadata.Name?.StartsWith(NamePrefix, StringComparison.Ordinal) != true)
        {
            return null;
        }

        return Text(secret, "hash") is { } hash && Time(secret, "expires") is { } expires
            ? new(secret.Metadata.Name[NamePrefix.Length..], hash, expires)
            {
                Host = Text(secret, "host"),
                Description = Text(secret, "description"),
                UsedBy = Text(secret, "usedBy"),
                UsedAt = Time(secret, "usedAt"),
                UsedKey = Text(secret, "usedKey"),
            }
            : null;
    }

    /// <summary>The Secret that keeps it.</summary>
    /// <param name="metadata">The metadata of the Secret as it is; null for a new one.</param>
    public Secret ToSecret(ObjectMeta? metadata = null) =>
        new()
        {
            Metadata = metadata ?? new() { Namespace = Namespace, Name = NameOf(Id) },
            Type = SecretType,
            Data = new (string Name, string? Value)[]
            {
                ("hash", Hash),
                ("expires", Text(Expires)),
                ("host", Host),
                ("description", Description),
                ("usedBy", UsedBy),
                ("usedAt", UsedAt is { } at ? Text(at) : null),
                ("usedKey", UsedKey),
            }
                .Where(entry => !string.IsNullOrEmpty(entry.Value))
                .ToDictionary(
                    entry => entry.Name,
                    entry => Convert.ToBase64String(Encoding.UTF8.GetBytes(entry.Value!)),
                    StringComparer.Ordinal
                ),
        };

    private static string? Text(Secret secret, string name)
    {
        try
        {
            return secret.Data?.GetValueOrDefault(name) is { } value
                ? Encoding.UTF8.GetString(Convert.FromBase64String(value))
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static DateTimeOffset? Time(Secret secret, string name) =>
        DateTimeOffset.TryParse(
            Text(secret, name),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : null;

    private static string Text(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
