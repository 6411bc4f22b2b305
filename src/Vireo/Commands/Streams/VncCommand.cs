using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Vireo.Clusters;
using Vireo.Running;
using Vireo.Streams;

namespace Vireo.Commands;

/// <summary>`vireo vnc`: the screen of a guest.</summary>
internal static class VncCommand
{
    public static Command Create()
    {
        var name = Names.Instance();
        var proxyOnly = new Option<bool>("--proxy-only")
        {
            Description = "Starts no viewer; prints the port for one as {\"port\": N}.",
        };
        var listen = new ListenOptions();
        var preserve = new Option<bool>("--preserve-session")
        {
            Description = "Refuses to connect while another viewer is, instead of taking its place.",
        };
        var type = new Option<string?>("--vnc-type") { Description = "remote-viewer, tigervnc or vinagre." };
        var path = new Option<string?>("--vnc-path") { Description = "The viewer to start." };
        var client = new ClientOptions();
        var command = new Command("vnc", "Shows the screen of a guest in a viewer.")
        {
            name,
            proxyOnly,
            preserve,
            type,
            path,
            VncScreenshotCommand.Create(),
        };
        listen.AddTo(command);
        client.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    async cluster =>
                    {
                        var viewer = parse.GetValue(proxyOnly)
                            ? null
                            : FindViewer(parse.GetValue(type), parse.GetValue(path));
                        var target = Names.Of(cluster, parse.GetValue(name)!, TargetKind.Instance);
                        var stream = target.PathOf(parse.GetValue(preserve) ? "vnc?preserveSession=true" : "vnc");
                        // A screen has one viewer: none loses its place to one that could not have come.
                        using var listener = LocalPort.Listen(listen.Read(parse));
                        using var socket = await cluster.Client.OpenStreamAsync(stream, ct);
                        await ShowAsync(socket, listener, viewer, ct);
                        return ExitCodes.Success;
                    },
                    ct
                )
        );
        return command.WithExample("vireo vnc web\nvireo vnc web --proxy-only --port 5901");
    }

    private static VncViewer FindViewer(string? type, string? path) =>
        VncViewer.Find(type, path, Environment.GetEnvironmentVariable("PATH") ?? "")
        ?? throw new StartException(
            "There is no VNC viewer on this host. Install the package virt-viewer or tigervnc-viewer, or use "
                + "--proxy-only and connect one yourself."
        );

    private static async Task ShowAsync(WebSocket socket, TcpListener listener, VncViewer? viewer, CancellationToken ct)
    {
        var at = (IPEndPoint)listener.LocalEndpoint;
        if (viewer is null)
        {
            await Console.Out.WriteLineAsync(new JsonObject { ["port"] = at.Port }.ToJsonString());
        }

        using var process = viewer?.Start(at.Address.ToString(), at.Port);
        using var early = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var ended = process?.WaitForExitAsync(ct);
        var accept = listener.AcceptTcpClientAsync(early.Token).AsTask();
        if (ended is not null && await Task.WhenAny(accept, ended) == ended)
        {
            await early.CancelAsync();
            throw new StartException(
                $"The viewer '{viewer!.Program}' ended with code {process!.ExitCode} before it connected. Name another "
                    + "with --vnc-path."
            );
        }

        using var connection = await accept;
        var stream = connection.GetStream();
        await socket.JoinAsync(stream, stream, ct);
    }
}
