using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Vireo.Api;
using Vireo.ApiServer.Acting;
using Vireo.ApiServer.Reading;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Security;

/// <summary>Tells by their tokens who callers are: service accounts, users of a file, bootstrap tokens.</summary>
/// <param name="store">Accounts, and what their tokens are bound to.</param>
/// <param name="key">Signs the tokens of service accounts.</param>
/// <param name="issuer">By which these tokens name the server; also the audience that it is.</param>
/// <param name="statics">The tokens of the token file.</param>
/// <param name="time">The time.</param>
internal sealed class BearerTokens(
    ResourceStore store,
    TokenKey key,
    string issuer,
    StaticTokens statics,
    TimeProvider time
)
{
    /// <summary>Signatures are costly: those that held are remembered, up to this many.</summary>
    private const int MostRemembered = 4096;

    private readonly ConcurrentDictionary<string, AccountToken> _remembered = new(StringComparer.Ordinal);

    /// <summary>By which tokens name the server.</summary>
    public string Issuer => issuer;

    /// <summary>Those that the server itself is, where tokens are for somebody.</summary>
    public IReadOnlyList<string> Audiences { get; } = [issuer];

    /// <summary>The key that signs.</summary>
    public TokenKey Key => key;

    /// <summary>Whose a token is, and for whom of those asked about; null when it does not hold.</summary>
    public (Caller Caller, IReadOnlyList<string> Audiences)? Identify(string token, IReadOnlyList<string> audiences)
    {
        if (statics.Find(token) is { } known)
        {
            return audiences.Intersect(Audiences).Any() ? (known, Audiences) : null;
        }

        if (BootstrapToken.Parse(token) is { } bootstrap)
        {
            var secret = store.Find<Secret>(BootstrapToken.Namespace, bootstrap.SecretName)?.Object;
            return bootstrap.Identify(secret, time.GetUtcNow()) is { } caller && audiences.Intersect(Audiences).Any()
                ? (caller, Audiences)
                : null;
        }

        if (Verify(token) is not { } account || !Holds(account))
        {
            return null;
        }

        IReadOnlyList<string> both = [.. account.Audiences.Intersect(audiences)];
        return both.Count > 0 ? (CallerOf(account), both) : null;
    }

    private AccountToken? Verify(string token)
    {
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        if (_remembered.TryGetValue(hash, out var known))
        {
            return known;
        }

        if (key.Verify(token) is not { } claims || AccountToken.Of(claims) is not { } account)
        {
            return null;
        }

        if (_remembered.Count >= MostRemembered)
        {
            _remembered.Clear();
        }

        _remembered[hash] = account;
        return account;
    }

    /// <summary>True while the token has not ended, nor the account, nor what it is bound to.</summary>
    private bool Holds(AccountToken token)
    {
        var now = time.GetUtcNow();
        return token.Issuer == issuer
            && now < token.Until
            && now >= token.From
            && HasUid(ResourceKinds.ServiceAccounts, token.Namespace, token.Name, token.Uid)
            && (
                token.Bound is not { } bound
                || (
                    bound.Kind == ResourceKinds.Nodes.Kind
                        ? HasUid(ResourceKinds.Nodes, null, bound.Name, bound.Uid)
                        : HasUid(ResourceKinds.Secrets, token.Namespace, bound.Name, bound.Uid)
                )
            );
    }

    private bool HasUid(ResourceKind kind, string? ns, string name, string uid) =>
        store.Find(kind, ns, name) is { } stored && StoredFields.Text(stored.Json.Span, "metadata", "uid") == uid;

    private static Caller CallerOf(AccountToken token)
    {
        var extra = new Dictionary<string, IReadOnlyList<string>>
        {
            ["authentication.kubernetes.io/credential-id"] = [$"JTI={token.Id}"],
        };
        if (token.Bound is { } bound)
        {
            var kind = bound.Kind.ToLowerInvariant();
            extra[$"authentication.kubernetes.io/{kind}-name"] = [bound.Name];
            extra[$"authentication.kubernetes.io/{kind}-uid"] = [bound.Uid];
        }

        return Caller.Known(token.User, Caller.GroupsOfAccount(token.Namespace)) with
        {
            Uid = token.Uid,
            Extra = extra,
        };
    }
}
