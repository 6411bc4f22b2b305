using Microsoft.AspNetCore.Builder;
using Vireo.ApiServer.Auditing;
using Vireo.ApiServer.Hosting;
using Vireo.ApiServer.Metrics;
using Vireo.ApiServer.Roles;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Security;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer;

/// <summary>The Kubernetes-style API server in this process, running from start to disposal.</summary>
#pragma warning disable MA0049 // The room and what it is for bear one name.
public sealed class ApiServer : IAsyncDisposable
#pragma warning restore MA0049
{
    private readonly StateFolder _folder;
    private readonly ResourceStore _store;
    private readonly CancellationTokenSource _stopping;
    private readonly Router _router;
    private readonly RequestMetrics _counted;
    private WebApplication? _network;
    private ServedCertificates? _certificates;

    private ApiServer(
        StateFolder folder,
        ResourceStore store,
        Router router,
        TimeProvider time,
        CancellationTokenSource stopping
    )
    {
        (_folder, _store, _router, _stopping) = (folder, store, router, stopping);
        _counted = new(router.HandleAsync, time);
    }

    /// <summary>Where clients reach the server, for example <c>https://127.0.0.1:7443</c>.</summary>
    public Uri Address { get; private set; } = new("https://localhost");

    /// <summary>The administrator's kubeconfig; only the owner of the state folder may read it.</summary>
    public string KubeconfigPath => _folder.Kubeconfig;

    /// <summary>Starts the server; it answers when the task ends.</summary>
    /// <exception cref="ApiServerStartException">It cannot start; the message says why and what to do.</exception>
    public static async Task<ApiServer> StartAsync(ApiServerOptions options, CancellationToken ct)
    {
        var folder = StateFolder.Open(options.StateFolder);
        ApiServer? server = null;
        try
        {
            var authority = CertificateAuthority.Open(folder.Keys, options.Time);
            var logger = options.Logging.CreateLogger("Vireo.ApiServer");
            var store = ResourceStore.Open(folder.Database, options.Time, logger);
            var stopping = new CancellationTokenSource();
            var tokens = new BearerTokens(
                store,
                TokenKeyFile.Open(folder.TokenKey),
                options.TokenIssuer,
                options.TokenFile is { } file ? StaticTokens.Read(file) : StaticTokens.None,
                options.Time
            );
            var audit = options.Audit is { } where ? AuditLog.Open(where, options.Time, logger) : null;
            var router = new Router(store, folder, authority, tokens, options.Time, logger, stopping.Token)
            {
                Audit = audit,
            };
            server = new ApiServer(folder, store, router, options.Time, stopping);
            using (var client = server.CreateClient("system:apiserver"))
            {
                var requests = new LocalRequests(client);
                await new FirstStart(store, requests).RunAsync(ct);
                await new RoleInstaller(store, requests).RunAsync(ct);
                await Task.WhenAll(
                    new Definitions(store, requests).RunAsync(ct),
                    new Catalogue(store, requests).RunAsync(ct)
                );
            }

            await server.ListenAsync(options, authority, ct);
            return server;
        }
        catch (StoreException fault)
        {
            folder.Dispose();
            throw new ApiServerStartException(fault.Message, fault);
        }
        catch
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }

            folder.Dispose();
            throw;
        }
    }

    /// <summary>A client inside this process: its requests run straight through the server, without sockets.</summary>
    /// <param name="userName">The name under which the requests are made.</param>
    /// <param name="groups">The groups of the user; none for Vireo's own parts, which may do everything.</param>
    public HttpClient CreateClient(string userName, params IReadOnlyList<string> groups)
    {
        var caller = Caller.Known(userName, groups.Count > 0 ? groups : [Caller.Masters, Caller.Vireo]);
        return new HttpClient(new InProcessHandler(_counted.HandleAsync, caller))
        {
            BaseAddress = Address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Ends watches and streams, lets requests under way end, and closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_network is not null)
        {
            await _network.StopAsync();
            await _network.DisposeAsync();
        }

        _certificates?.Dispose();
        _router.Dispose();
        if (_router.Audit is { } audit)
        {
            await audit.DisposeAsync();
        }

        await _store.DisposeAsync();
        _folder.Dispose();
        _stopping.Dispose();
    }

    private async Task ListenAsync(ApiServerOptions options, CertificateAuthority authority, CancellationToken ct)
    {
        var logger = options.Logging.CreateLogger("Vireo.ApiServer");
        var names = ServerNames.Of(options);
        _certificates = new ServedCertificates(authority, names, _folder.Kubeconfig, options.Time, logger);
        _network = await NetworkHost.StartAsync(options, _certificates, _counted.HandleAsync, ct);
        Address = ServerNames.Address(options, NetworkHost.Port(_network));
        _certificates.Begin(Address);
    }
}
