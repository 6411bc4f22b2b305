using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Vireo.ApiServer;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>What the commands that serve the API are told.</summary>
internal static class ServerOptions
{
    public static Option<string> Listen() =>
        new("--listen")
        {
            Description = "Address and port of the API. Loopback unless you ask for more.",
            DefaultValueFactory = _ => $"127.0.0.1:{ApiServerOptions.DefaultPort}",
        };

    /// <summary>Further names that the server is reached by.</summary>
    public static Option<string[]> Names() =>
        new("--server-name")
        {
            Description =
                "A name or address by which others reach the API, for its certificate; may be given several times. Those "
                + "that it listens on are known.",
            DefaultValueFactory = _ => [],
        };

    /// <summary>Web pages that may use the API.</summary>
    public static Option<string[]> Origins() =>
        new("--cors-allowed-origin")
        {
            Description =
                "Origin of web pages whose programs may ask from browsers, such as https://ui.example; may be given "
                + "several times. None unless you say so.",
            DefaultValueFactory = _ => [],
        };

    public static (string StateFolder, IPEndPoint Listen) Parse(string stateFolder, string listen) =>
        IPEndPoint.TryParse(listen, out var endPoint)
            ? (Path.GetFullPath(stateFolder), endPoint)
            : throw new StartException($"--listen: '{listen}' is no address and port: write it like 127.0.0.1:7443.");

    public static Task<ApiServer.ApiServer> StartAsync(
        string stateFolder,
        IPEndPoint listen,
        (IReadOnlyList<string> Names, IReadOnlyList<string> Origins) reach,
        ILoggerFactory loggers,
        CancellationToken ct
    ) =>
        ApiServer.ApiServer.StartAsync(
            new ApiServerOptions
            {
                StateFolder = stateFolder,
                Address = listen.Address,
                Port = listen.Port,
                ExtraNames = reach.Names,
                AllowedOrigins = reach.Origins,
                Logging = loggers,
            },
            ct
        );
}
