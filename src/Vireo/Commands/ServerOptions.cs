using System.CommandLine;
using System.Net;
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

    /// <summary>What the server is told by its folder, its address and its names.</summary>
    /// <exception cref="StartException">The address is none.</exception>
    public static ApiServerOptions Parse(string stateFolder, string listen, IReadOnlyList<string> names) =>
        IPEndPoint.TryParse(listen, out var endPoint)
            ? new()
            {
                StateFolder = Path.GetFullPath(stateFolder),
                Address = endPoint.Address,
                Port = endPoint.Port,
                ExtraNames = names,
            }
            : throw new StartException($"--listen: '{listen}' is no address and port: write it like 127.0.0.1:7443.");
}
