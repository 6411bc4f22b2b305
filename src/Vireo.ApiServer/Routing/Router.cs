using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.ApiServer.Acting;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Auditing;
using Vireo.ApiServer.Backups;
using Vireo.ApiServer.Discovery;
using Vireo.ApiServer.Health;
using Vireo.ApiServer.Hosting;
using Vireo.ApiServer.Metrics;
using Vireo.ApiServer.Reading;
using Vireo.ApiServer.Security;
using Vireo.ApiServer.Storage;
using Vireo.ApiServer.Writing;

namespace Vireo.ApiServer.Routing;

/// <summary>Where every request comes in, over the network or from the process itself.</summary>
internal sealed class Router : IDisposable
{
    private readonly Authenticator _authenticator;
    private readonly ILogger _logger;
    private readonly DiscoveryEndpoint _discovery = new();
    private readonly OpenApiEndpoint _openApi = new();
    private readonly MetricsEndpoint _metrics;
    private readonly HealthEndpoint _health;
    private readonly GetEndpoint _get;
    private readonly ListEndpoint _list;
    private readonly WatchEndpoint _watch;
    private readonly CreateEndpoint _create;
    private readonly ChangeEndpoint _change;
    private readonly DeleteEndpoint _delete;
    private readonly AgentConnections _agents;
    private readonly SubresourceRouter _subresources;
    private readonly AgentGate _gate;
    private readonly JoinEndpoint _join;
    private readonly Authorizer _authorizer;
    private readonly Impersonation _impersonation;
    private readonly ReviewEndpoint _reviews;
    private readonly TokenEndpoint _tokens;
    private readonly BackupEndpoint _backup;
    private readonly RequestLoad _load;
    private readonly Func<HttpContext, Caller, string, Task> _serve;

    /// <param name="store">The objects.</param>
    /// <param name="folder">Where store and keys are.</param>
    /// <param name="authority">Tells who asks, and vouches for hosts.</param>
    /// <param name="tokens">Tells who asks by a token.</param>
    /// <param name="time">The time.</param>
    /// <param name="logger">For faults of the server itself.</param>
    /// <param name="stopping">Ends watches and streams when the server stops.</param>
    public Router(
        ResourceStore store,
        StateFolder folder,
        CertificateAuthority authority,
        BearerTokens tokens,
        TimeProvider time,
        ILogger logger,
        CancellationToken stopping
    )
    {
        _gate = new(store);
        _metrics = new(store);
        _health = new(HealthChecks.Of(store, stopping));
        var roles = new CurrentRoles(store);
        _authorizer = new(roles, _gate);
        _impersonation = new(_authorizer);
        var reviewer = new Reviewer(store, _gate, new(roles, _authorizer), time);
        (_authenticator, _logger) = (new(authority.Certificate, tokens, time), logger);
        (_reviews, _tokens) = (new(_authorizer, _gate, tokens), new(store, tokens, time));
        _get = new(store, time);
        _list = new(store, time);
        _watch = new(store, time, stopping);
        _create = new(store, reviewer, time);
        _change = new(
            store,
            reviewer,
            _create,
            request => _authorizer.Check(request.Caller, request.Path, "create"),
            time
        );
        _delete = new(store, time);
        _agents = new(store, new(authority.Certificate, authority.ForAgents), stopping);
        _subresources = new(store, _agents, reviewer, _create, _delete, time, logger) { Authorizer = _authorizer };
        (_load, _serve) = (new(LoadLimits.Default, time), (asked, who, where) => ServeAsync(asked, who, where, null));
        _backup = new(store, folder, time);
        _join = new(authority, _gate, new(Inside()), time, logger);
    }

    public void Dispose()
    {
        _agents.Dispose();
        _create.Dispose();
        _metrics.Dispose();
    }

    /// <summary>Where requests are written down; null for nowhere.</summary>
    public AuditLog? Audit { get; init; }

    /// <summary>Answers a request; every failure becomes a Status.</summary>
    public Task HandleAsync(HttpContext context) =>
        Audit is null ? AnswerAsync(context, null) : AuditedAsync(context, Audit);

    private async Task AuditedAsync(HttpContext context, AuditLog audit)
    {
        var entry = audit.Begin(context);
        await AnswerAsync(context, entry);
        await audit.EndAsync(entry);
    }

    private async Task AnswerAsync(HttpContext context, AuditEntry? entry)
    {
        try
        {
            await DispatchAsync(context, entry);
        }
        catch (StatusException refusal)
        {
            entry?.Refusal = refusal.Status.Reason;
            await RefuseAsync(context, refusal.Status);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
        }
        catch (StoreException failed)
        {
            Log.NotStored(_logger, failed, context.Request.Method, context.Request.Path);
            await RefuseAsync(context, Refusals.NotStored(failed.Message, failed.IsTransient).Status);
        }
        catch (BadHttpRequestException broken)
        {
            var refusal =
                broken.StatusCode == StatusCodes.Status408RequestTimeout
                    ? Refusals.Timeout("the body comes too slowly")
                    : Refusals.BadRequest(broken.Message);
            await RefuseAsync(context, refusal.Status);
        }
#pragma warning disable CA1031 // The last door: whatever went wrong, the client gets a Status and the server lives on.
        catch (Exception fault)
        {
            Log.RequestFailed(_logger, fault, context.Request.Method, context.Request.Path);
            await RefuseAsync(context, Refusals.InternalError(fault.Message).Status);
        }
#pragma warning restore CA1031
    }

    private Task DispatchAsync(HttpContext context, AuditEntry? entry)
    {
        var path = context.Request.Path.Value ?? "/";
        var shown = _authenticator.Identify(context);
        entry?.Caller = shown;
        var named = _impersonation.Of(context.Request, shown);
        entry?.ActingAs = ReferenceEquals(shown, named) ? null : named;
        var caller = _gate.Recognize(named);
        return _load.ServeAsync(
            context,
            caller,
            path,
            entry is null ? _serve : (asked, who, where) => ServeAsync(asked, who, where, entry)
        );
    }

    private Task ServeAsync(HttpContext context, Caller caller, string path, AuditEntry? entry)
    {
        if (ResourcePath.Parse(path) is { } resource && Serves(resource))
        {
            var verb = Verb.Of(context.Request, resource);
            RequestMetrics.Name(context, resource.Kind, resource.Subresource, verb);
            entry?.Access = AccessRequest.Of(resource, verb);
            var request = new ApiRequest(context, caller, resource);
            _authorizer.Check(caller, resource, verb, Verb.IsOfMany(verb) ? FieldQuery.Of(request) : null);
            Verb.CheckOffered(verb, resource.Kind, caller);
            if (verb is "create" or "update" or "patch")
            {
                WriteOptionRules.Check(request);
            }

            return HandleAsync(request, verb);
        }

        if (SubresourceRouter.Serves(path))
        {
            entry?.Access = SubresourceRouter.AccessOf(context, path);
            return _subresources.HandleAsync(context, caller, path);
        }

        if (ReviewEndpoint.Find(path) is { } review)
        {
            entry?.Access = ReviewEndpoint.AccessOf(review.Kind, review.Namespace);
            return _reviews.HandleAsync(context, caller, review.Kind, review.Namespace);
        }

        if (JoinEndpoint.Serves(path))
        {
            return _join.HandleAsync(context, caller, path);
        }

        if (path == StateBackup.Path)
        {
            return _backup.HandleAsync(context, caller);
        }

        _authorizer.Check(caller, context.Request, path);
        var plain = path.Length > 1 ? path.TrimEnd('/') : path;
        return plain switch
        {
            _ when HealthEndpoint.Serves(plain) => _health.HandleAsync(context, plain),
            "/metrics" => _metrics.HandleAsync(context),
            _ when TokenEndpoint.Describes(plain) => _tokens.DescribeAsync(context, plain),
            _ when _discovery.Knows(plain) => _discovery.HandleAsync(context, plain),
            _ when _openApi.Find(context.Request, plain) is { } document => OpenApiEndpoint.WriteAsync(
                context,
                document
            ),
            _ => throw Refusals.NoSuchPath(),
        };
    }

    /// <summary>A client of this very server, as the server.</summary>
    private HttpClient Inside() =>
        new(new InProcessHandler(HandleAsync, Caller.Server))
        {
            BaseAddress = new Uri("https://localhost/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };

    private Task HandleAsync(ApiRequest request, string verb) =>
        verb switch
        {
            "get" => _get.HandleAsync(request),
            "list" => _list.HandleAsync(request),
            "watch" => _watch.HandleAsync(request),
            "create" when request.Path.Subresource is not null => _tokens.HandleAsync(request),
            "create" => _create.HandleAsync(request),
            "update" => _change.ReplaceAsync(request),
            "patch" => _change.PatchAsync(request),
            "delete" => _delete.DeleteAsync(request),
            "deletecollection" => _delete.DeleteCollectionAsync(request),
            _ => throw new InvalidOperationException($"No endpoint for {verb}."),
        };

    private static bool Serves(ResourcePath path) =>
        path.Subresource is null || Verbs.Subresources(path.Kind).Any(sub => sub.Name == path.Subresource);

    private static async Task RefuseAsync(HttpContext context, Status status)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        await Answer.StatusAsync(context, status);
    }
}
