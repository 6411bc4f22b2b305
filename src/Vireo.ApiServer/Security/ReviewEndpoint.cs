using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Protobuf;
using Vireo.ApiServer.Writing;

namespace Vireo.ApiServer.Security;

/// <summary>Answers who somebody is and what they may do.</summary>
internal sealed class ReviewEndpoint(Authorizer authorizer, AgentGate agents, BearerTokens tokens)
{
    /// <summary>The question that a path stands for, and its namespace; null when it stands for none.</summary>
    public static (ResourceKind Kind, string? Namespace)? Find(string path)
    {
        var (kind, ns) = path.Trim('/').Split('/') switch
        {
            ["apis", var group, "v1", var plural] => (Of(group, plural, false), null),
            ["apis", var group, "v1", "namespaces", { Length: > 0 } within, var plural] => (
                Of(group, plural, true),
                within
            ),
            _ => ((ResourceKind?)null, (string?)null),
        };
        return kind is null ? null : (kind, ns);
    }

    /// <summary>What it takes to ask a question, as roles see it.</summary>
    public static AccessRequest AccessOf(ResourceKind kind, string? ns) =>
        new("create")
        {
            Group = kind.Group,
            Resource = kind.Plural,
            Namespace = ns,
        };

    /// <summary>Answers a question that <see cref="Find"/> found.</summary>
    public async Task HandleAsync(HttpContext http, Caller caller, ResourceKind kind, string? ns)
    {
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            throw Refusals.MethodNotAllowed();
        }

        authorizer.Check(caller, AccessOf(kind, ns));
        var asked = await ReadAsync(http, kind);
        var answered = Answer(caller, asked, ns);
        await Answers.Answer.BytesAsync(http, 201, JsonSerializer.SerializeToUtf8Bytes(answered, kind.TypeInfo));
    }

    /// <summary>Reads a question.</summary>
    /// <exception cref="StatusException">BadRequest: it is none of its kind.</exception>
    public static async Task<IResource> ReadAsync(HttpContext http, ResourceKind kind)
    {
        var body = await RequestBody.ReadObjectAsync(http, ProtobufMessages.For(kind));
        try
        {
            return (IResource)body.Deserialize(kind.TypeInfo)!;
        }
        catch (JsonException wrong)
        {
            throw Refusals.BadRequest(
                $"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: {wrong.Message}"
            );
        }
    }

    private IResource Answer(Caller caller, IResource asked, string? ns) =>
        asked switch
        {
            SelfSubjectReview review => review with { Status = new() { UserInfo = caller.Told } },
            SelfSubjectAccessReview review => review with
            {
                Status = Decide(
                    caller,
                    AccessRequest.Of(review.Spec?.ResourceAttributes, review.Spec?.NonResourceAttributes)
                ),
            },
            SelfSubjectRulesReview review => review with { Status = Rules(caller, review.Spec?.Namespace) },
            SubjectAccessReview review => review with { Status = Decide(review.Spec) },
            LocalSubjectAccessReview review => review with { Status = Decide(Within(review.Spec, ns!)) },
            TokenReview review => review with { Status = Judge(review.Spec) },
            _ => throw new InvalidOperationException($"No answer for {asked.Kind}."),
        };

    private static SubjectAccessReviewSpec Within(SubjectAccessReviewSpec? spec, string ns) =>
        spec?.ResourceAttributes is not { } about
            ? throw Refusals.BadRequest("spec.resourceAttributes: must be given for a review within a namespace")
        : about.Namespace is { Length: > 0 } said && said != ns
            ? throw Refusals.BadRequest(
                $"spec.resourceAttributes.namespace: \"{said}\" is not the namespace of the request, \"{ns}\""
            )
        : spec with { ResourceAttributes = about with { Namespace = ns } };

    private SubjectAccessReviewStatus Decide(SubjectAccessReviewSpec? spec)
    {
        if (spec is null or { User: null or "", Groups: null or [] })
        {
            throw Refusals.BadRequest("spec.user: at least one of user or groups must be specified");
        }

        var subject = agents.Recognize(new Caller(spec.User ?? "", spec.Groups ?? []));
        return Decide(subject, AccessRequest.Of(spec.ResourceAttributes, spec.NonResourceAttributes));
    }

    private SubjectAccessReviewStatus Decide(Caller caller, AccessRequest? request)
    {
        if (request is null)
        {
            throw Refusals.BadRequest(
                "spec: exactly one of resourceAttributes and nonResourceAttributes must be specified"
            );
        }

        var reason = authorizer.Reason(caller, request);
        return new() { Allowed = reason is not null, Reason = reason };
    }

    private SubjectRulesReviewStatus Rules(Caller caller, string? ns)
    {
        if (string.IsNullOrEmpty(ns))
        {
            throw Refusals.BadRequest("spec.namespace: no namespace on request");
        }

        var rules = authorizer.RulesOf(caller, ns);
        return new()
        {
            ResourceRules =
            [
                .. rules
                    .Where(rule => rule.Resources is { Count: > 0 })
                    .Select(rule => new ResourceRule
                    {
                        Verbs = rule.Verbs,
                        ApiGroups = rule.ApiGroups,
                        Resources = rule.Resources,
                        ResourceNames = rule.ResourceNames,
                    }),
            ],
            NonResourceRules =
            [
                .. rules
                    .Where(rule => rule.NonResourceUrls is { Count: > 0 })
                    .Select(rule => new NonResourceRule { Verbs = rule.Verbs, NonResourceUrls = rule.NonResourceUrls }),
            ],
            // What agents may depends on their host, which no rule can say.
            Incomplete = caller.Host is not null,
        };
    }

    private TokenReviewStatus Judge(TokenReviewSpec? spec)
    {
        if (spec?.Token is not { Length: > 0 } token)
        {
            throw Refusals.BadRequest("spec.token: token is required");
        }

        var audiences = spec.Audiences is { Count: > 0 } asked ? asked : tokens.Audiences;
        return tokens.Identify(token, audiences) is { } found
            ? new()
            {
                Authenticated = true,
                User = found.Caller.Told,
                Audiences = found.Audiences,
            }
            : new() { Authenticated = false, Error = "the token does not hold, has ended, or is for others" };
    }

    private static ResourceKind? Of(string group, string plural, bool isNamespaced) =>
        ReviewKinds.All.FirstOrDefault(kind =>
            kind.Group == group && kind.Plural == plural && kind.IsNamespaced == isNamespaced
        );
}
