using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Vireo.Api;
using Vireo.ApiServer.Acting;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Reading;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Security;

/// <summary>Makes tokens for service accounts, and tells others how to check them.</summary>
internal sealed class TokenEndpoint(ResourceStore store, BearerTokens tokens, TimeProvider time)
{
    private const string ConfigurationPath = "/.well-known/openid-configuration";
    private const string KeysPath = "/openid/v1/jwks";
    private const long ShortestSeconds = 600;
    private const long DefaultSeconds = 3600;

    /// <summary>Nobody should carry a key for longer than a year.</summary>
    private const long LongestSeconds = 365 * 24 * 3600;

    /// <summary>Clocks differ a little.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(10);

    /// <summary>True for the paths by which others learn to check tokens.</summary>
    public static bool Describes(string path) => path is ConfigurationPath or KeysPath;

    /// <summary>Tells others how to check tokens: OpenID's discovery document, and the keys.</summary>
    public Task DescribeAsync(HttpContext http, string path)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            throw Refusals.MethodNotAllowed();
        }

        if (path == KeysPath)
        {
            return Answer.BytesAsync(
                http,
                200,
                Encoding.UTF8.GetBytes(tokens.Key.Public().ToJsonString()),
                "application/jwk-set+json",
                "public, max-age=3600"
            );
        }

        // Where the asker reached us, others like them reach the keys.
        var here = http.Request.Host.HasValue ? $"https://{http.Request.Host}" : tokens.Issuer;
        var document = new JsonObject
        {
            ["issuer"] = tokens.Issuer,
            ["jwks_uri"] = here + KeysPath,
            ["response_types_supported"] = new JsonArray("id_token"),
            ["subject_types_supported"] = new JsonArray("public"),
            ["id_token_signing_alg_values_supported"] = new JsonArray("ES256"),
        };
        return Answer.BytesAsync(
            http,
            200,
            Encoding.UTF8.GetBytes(document.ToJsonString()),
            caching: "public, max-age=3600"
        );
    }

    /// <summary>Makes a token for the account in the path.</summary>
    public async Task HandleAsync(ApiRequest request)
    {
        var asked = (TokenRequest)await ReviewEndpoint.ReadAsync(request.Http, ReviewKinds.TokenRequests);
        var account =
            store.Find<ServiceAccount>(request.Namespace, request.Name)?.Object
            ?? throw Refusals.NotFound(ResourceKinds.ServiceAccounts, request.Name);
        var spec = asked.Spec ?? new();
        var seconds = spec.ExpirationSeconds ?? DefaultSeconds;
        if (seconds < ShortestSeconds)
        {
            throw Refusals.Invalid(
                ReviewKinds.TokenRequests,
                request.Name,
                [
                    new StatusCause
                    {
                        Reason = "FieldValueInvalid",
                        Message = $"Invalid value: {seconds}: may not specify a duration less than 10 minutes",
                        Field = "spec.expirationSeconds",
                    },
                ]
            );
        }

        var now = time.GetUtcNow();
        var life = Math.Min(seconds, LongestSeconds);
        var audiences = spec.Audiences is { Count: > 0 } wanted ? wanted : tokens.Audiences;
        var token = new AccountToken(
            tokens.Issuer,
            audiences,
            request.Namespace!,
            request.Name,
            account.Metadata.Uid!,
            now - ClockSkew,
            now.AddSeconds(life),
            Guid.NewGuid().ToString()
        )
        {
            Bound = Bind(request, spec.BoundObjectRef),
        };
        var answer = asked with
        {
            Metadata = new()
            {
                Name = request.Name,
                Namespace = request.Namespace,
                CreationTimestamp = now,
            },
            Spec = spec with { Audiences = audiences, ExpirationSeconds = life },
            Status = new() { Token = tokens.Key.Sign(token.ToClaims()), ExpirationTimestamp = token.Until },
        };
        await Answer.BytesAsync(
            request.Http,
            201,
            JsonSerializer.SerializeToUtf8Bytes(answer, ApiJson.Default.TokenRequest)
        );
    }

    private (string Kind, string Name, string Uid)? Bind(ApiRequest request, BoundObjectReference? wanted)
    {
        if (wanted is null)
        {
            return null;
        }

        var kind = new ResourceKind[] { ResourceKinds.Secrets, ResourceKinds.Nodes }.FirstOrDefault(kind =>
            kind.Kind == wanted.Kind && (wanted.ApiVersion is null or "" || wanted.ApiVersion == kind.ApiVersion)
        );
        if (kind is null || wanted.Name is not { Length: > 0 } name)
        {
            throw Refusals.BadRequest(
                $"spec.boundObjectRef: cannot bind token to object of kind \"{wanted.Kind}\" named \"{wanted.Name}\": a "
                    + "token can be bound to a Secret or a Node of version v1"
            );
        }

        var stored =
            store.Find(kind, kind.IsNamespaced ? request.Namespace : null, name) ?? throw Refusals.NotFound(kind, name);
        var uid = StoredFields.Text(stored.Json.Span, "metadata", "uid")!;
        return wanted.Uid is { Length: > 0 } said && said != uid
            ? throw Refusals.Conflict(
                kind,
                name,
                $"the UID in the bound object reference ({said}) does not match the UID in record ({uid})"
            )
            : (kind.Kind, name, uid);
    }
}
