namespace Vireo.Rules;

/// <summary>
/// A token as people carry it to a host: <c>id.secret</c>, and the hash of the CA after a second dot.
/// </summary>
/// <param name="Id">Its name.</param>
/// <param name="Secret">What makes it work.</param>
/// <param name="Authority">The SHA-256 of the CA's public key, in hexadecimal; null when it does not say.</param>
public sealed record JoinTokenText(string Id, string Secret, string? Authority)
{
    /// <summary>What ids and secrets are made of.</summary>
    public const string Letters = "abcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>How long ids are.</summary>
    public const int IdLength = 6;

    /// <summary>How long secrets are: 124 bits, which nobody guesses.</summary>
    public const int SecretLength = 24;

    private const int HashLength = 64;
    private const string HashPrefix = "sha256:";

    /// <summary>Reads a token; null when it is none.</summary>
    public static JoinTokenText? Parse(string? text) =>
        text?.Trim().Split('.') switch
        {
            [var id, var secret] when IsWord(id, IdLength) && IsWord(secret, SecretLength) => new(id, secret, null),
            [var id, var secret, var hash]
                when IsWord(id, IdLength) && IsWord(secret, SecretLength) && ReadHash(hash) is { } authority => new(
                id,
                secret,
                authority
            ),
            _ => null,
        };

    /// <summary>Reads the hash of a CA, <c>sha256:</c> before it or not; null when it is none.</summary>
    public static string? ReadHash(string text)
    {
        var hash = text.StartsWith(HashPrefix, StringComparison.OrdinalIgnoreCase) ? text[HashPrefix.Length..] : text;
        return hash.Length == HashLength && hash.All(char.IsAsciiHexDigit) ? hash.ToLowerInvariant() : null;
    }

    /// <summary>What the server is told: it knows its own CA.</summary>
    public string Short => $"{Id}.{Secret}";

    /// <summary>As people carry it.</summary>
    public override string ToString() => Authority is null ? Short : $"{Short}.{Authority}";

    private static bool IsWord(string text, int length) =>
        text.Length == length && text.All(letter => Letters.Contains(letter, StringComparison.Ordinal));
}
