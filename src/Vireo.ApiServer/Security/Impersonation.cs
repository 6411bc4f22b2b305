using Microsoft.AspNetCore.Http;
using Vireo.ApiServer.Answers;

namespace Vireo.ApiServer.Security;

/// <summary>Lets those who may act as others, by the headers that <c>kubectl --as</c> sends.</summary>
internal sealed class Impersonation(Authorizer authorizer)
{
    private const string Prefix = "Impersonate-";
    private const string UserHeader = Prefix + "User";
    private const string GroupHeader = Prefix + "Group";
    private const string UidHeader = Prefix + "Uid";
    private const string ExtraPrefix = Prefix + "Extra-";
    private const string AccountPrefix = "system:serviceaccount:";
    private const string AuthenticationGroup = "authentication.k8s.io";

    /// <summary>True for a request that is to be made as somebody else.</summary>
    public static bool IsAskedFor(HttpRequest request) => request.Headers.ContainsKey(UserHeader);

    /// <summary>Who a request is to be made as: the caller, or whom they name.</summary>
    /// <exception cref="StatusException">They may not act as that one.</exception>
    public Caller Of(HttpRequest request, Caller caller)
    {
        if (!request.Headers.TryGetValue(UserHeader, out var named))
        {
            return request.Headers.Keys.Any(name => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                ? throw Refusals.BadRequest($"{UserHeader}: must be given where other {Prefix} headers are")
                : caller;
        }

        var user = named.ToString();
        var groups = request.Headers[GroupHeader].OfType<string>().ToList();
        CheckUser(caller, user);
        foreach (var group in groups)
        {
            Check(caller, new("impersonate") { Resource = "groups", Name = group });
        }

        var uid = request.Headers[UidHeader].FirstOrDefault();
        if (uid is { Length: > 0 })
        {
            Check(
                caller,
                new("impersonate")
                {
                    Group = AuthenticationGroup,
                    Resource = "uids",
                    Name = uid,
                }
            );
        }

        var extra = Extra(request, caller);
        return user == Caller.Anonymous.Name
            ? Caller.Anonymous
            : Caller.Known(user, Complete(user, groups)) with
            {
                Uid = uid is { Length: > 0 } ? uid : null,
                Extra = extra.Count > 0 ? extra : null,
            };
    }

    private static IEnumerable<string> Complete(string user, List<string> groups) =>
        groups.Count == 0 && Account(user) is [var ns, _] ? Caller.GroupsOfAccount(ns) : groups;

    private static string[]? Account(string user) =>
        user.StartsWith(AccountPrefix, StringComparison.Ordinal) ? user[AccountPrefix.Length..].Split(':') : null;

    private void CheckUser(Caller caller, string user)
    {
        if (user.Length == 0)
        {
            throw Refusals.BadRequest($"{UserHeader}: must name a user");
        }

        Check(
            caller,
            Account(user) is [var ns, var account]
                ? new("impersonate")
                {
                    Resource = "serviceaccounts",
                    Namespace = ns,
                    Name = account,
                }
                : new("impersonate") { Resource = "users", Name = user }
        );
    }

    private Dictionary<string, IReadOnlyList<string>> Extra(HttpRequest request, Caller caller)
    {
        var extra = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (header, values) in request.Headers)
        {
            if (!header.StartsWith(ExtraPrefix, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var name = Uri.UnescapeDataString(header[ExtraPrefix.Length..].ToLowerInvariant());
            IReadOnlyList<string> said = [.. values.OfType<string>()];
            foreach (var value in said)
            {
                Check(
                    caller,
                    new("impersonate")
                    {
                        Group = AuthenticationGroup,
                        Resource = $"userextras/{name}",
                        Name = value,
                    }
                );
            }

            extra[name] = said;
        }

        return extra;
    }

    private void Check(Caller caller, AccessRequest request)
    {
        if (caller.IsAnonymous)
        {
            throw Refusals.Unauthorized();
        }

        authorizer.Check(caller, request);
    }
}
