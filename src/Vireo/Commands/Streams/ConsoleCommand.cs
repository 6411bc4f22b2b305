using System.CommandLine;
using System.Net.WebSockets;
using Vireo.Clusters;
using Vireo.Running;
using Vireo.Runtime;
using Vireo.Streams;

namespace Vireo.Commands;

/// <summary>`vireo console`: the serial console of a guest on this terminal.</summary>
internal static class ConsoleCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var name = Names.Instance();
        var timeout = new Option<int>("--timeout")
        {
            Description = "Minutes to wait for a guest that does not run yet.",
            DefaultValueFactory = _ => 5,
        };
        var client = new ClientOptions();
        var command = new Command(
            "console",
            "Connects this terminal to the serial console of a guest. Leave with Ctrl+]. Input may be piped."
        )
        {
            name,
            timeout,
        };
        client.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    async cluster =>
                    {
                        var target = Names.Of(cluster, parse.GetValue(name)!, TargetKind.Instance);
                        var limit = TimeSpan.FromMinutes(parse.GetValue(timeout));
                        using var socket = await OpenAsync(cluster.Client, target, limit, ct);
                        return await RunAsync(socket, target, ct);
                    },
                    ct
                )
        );
        return command.WithExample("vireo console web\nprintf 'uptime\\n' | vireo console web");
    }

    /// <summary>Tries again while the guest does not run yet, as long as the user gives it.</summary>
    private static async Task<WebSocket> OpenAsync(
        KubernetesClient client,
        Target target,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        var isTold = false;
        while (true)
        {
            try
            {
                return await client.OpenStreamAsync(target.PathOf("console"), ct);
            }
            catch (ApiException e) when (MayRunSoon(e) && time.GetElapsedTime(start) < limit)
            {
                if (!isTold)
                {
                    await Console.Error.WriteLineAsync($"{target}: waits for the guest to run (Ctrl+C gives up)");
                    isTold = true;
                }

                await Task.Delay(Pause, time, ct);
            }
        }
    }

    private static bool MayRunSoon(ApiException refusal) =>
        refusal.Reason == Reason.BadRequest
        && refusal.Message.Contains("not running", StringComparison.OrdinalIgnoreCase);

    private static async Task<int> RunAsync(WebSocket socket, Target target, CancellationToken ct)
    {
        await Console.Error.WriteLineAsync($"Connected to the console of {target}. Leave with Ctrl+].");
        using var terminal = RawTerminal.Take();
        var session = new ConsoleSession(
            socket,
            StandardStreams.OpenInput(),
            StandardStreams.OpenOutput(),
            TimeProvider.System
        );
        try
        {
            var (end, reason) = await session.RunAsync(ct);
            terminal?.Dispose();
            await Console.Error.WriteLineAsync(Farewell(target, end, reason));
            return ExitCodes.Success;
        }
        catch (WebSocketException e)
        {
            terminal?.Dispose();
            await Console.Error.WriteLineAsync($"\nvireo: the console of {target} broke off: {e.Message}");
            return ExitCodes.Failure;
        }
    }

    private static string Farewell(Target target, ConsoleEnd end, string reason) =>
        end switch
        {
            ConsoleEnd.Left => $"\nLeft the console of {target}; its guest goes on.",
            ConsoleEnd.InputEnded => $"\nThe input is at its end; the guest of {target} goes on.",
            _ => $"\nThe console of {target} has ended{(reason.Length == 0 ? "" : $": {reason}")}.",
        };
}
