using System.CommandLine;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Running;
using Vireo.Runtime;
using Vireo.Streams;

namespace Vireo.Commands;

/// <summary>`vireo port-forward`: ports of a guest on this host.</summary>
internal static class PortForwardCommand
{
    public static Command Create()
    {
        var guest = new Argument<string>("guest")
        {
            Description = "vm/NAME or vmi/NAME; with another namespace vmi/NAME/NAMESPACE or vmi/NAME.NAMESPACE.",
        };
        var ports = new Argument<string[]>("port")
        {
            Description = "[tcp/|udp/]LOCAL[:REMOTE]; with --stdio the guest's port alone.",
            Arity = ArgumentArity.OneOrMore,
        };
        var address = ListenOptions.Address();
        var stdio = new Option<bool>("--stdio")
        {
            Description = "Connects standard input and output to the port instead: what ssh wants of a ProxyCommand.",
        };
        var client = new ClientOptions();
        var command = new Command("port-forward", "Makes ports of a guest reachable on this host.")
        {
            guest,
            ports,
            address,
            stdio,
        };
        client.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    async cluster =>
                    {
                        var target = Target.Parse(parse.GetValue(guest)!, cluster.Namespace, TargetKind.Instance);
                        var forwarded = parse.GetValue(ports)!.Select(ForwardedPort.Parse).ToList();
                        if (parse.GetValue(stdio))
                        {
                            return await JoinAsync(cluster, target, forwarded, ct);
                        }

                        var listen = ListenOptions.ParseAddress(parse.GetValue(address)!);
                        await RequireAsync(cluster.Client, target, ct);
                        var forwarder = new PortForwarder(cluster.Client, target, listen, Console.Error);
                        return await RunAsync(forwarder, forwarded, ct);
                    },
                    ct
                )
        );
        return command.WithExample(
            "vireo port-forward vm/web 8080:80\nvireo port-forward vmi/web/shop udp/5353:53 tcp/2222:22"
        );
    }

    /// <summary>A guest may come later; a name that is not there is a mistake.</summary>
    private static async Task RequireAsync(KubernetesClient client, Target target, CancellationToken ct)
    {
        var life = await LifeWatch.ReadAsync(client, target.Key, ct);
        target.RequireIn(life);
        if (life.Instance?.Status?.Phase != VirtualMachineInstancePhase.Running)
        {
            await Console.Error.WriteLineAsync($"{target}: no guest runs now; connections fail until one does.");
        }
    }

    private static async Task<int> JoinAsync(
        Cluster cluster,
        Target target,
        List<ForwardedPort> ports,
        CancellationToken ct
    )
    {
        if (ports is not [var port])
        {
            throw new UsageException("--stdio connects one port: give one.");
        }

        using var socket = await cluster.Client.OpenStreamAsync(target.PathOf(port.Subresource), ct);
        await socket.JoinAsync(StandardStreams.OpenInput(), StandardStreams.OpenOutput(), ct);
        return ExitCodes.Success;
    }

    private static async Task<int> RunAsync(PortForwarder forwarder, List<ForwardedPort> ports, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = ports.Select(port => forwarder.RunAsync(port, stop.Token)).ToList();
        try
        {
            await await Task.WhenAny(running);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Ctrl+C is how it is meant to end.
        }
        finally
        {
            await stop.CancelAsync();
        }

        return ExitCodes.Success;
    }
}
