using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Vireo.Agent;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>`vireo down`: stops what `vireo up` started on a state folder.</summary>
internal static class DownCommand
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static Command Create()
    {
        var state = CommandOptions.StateDir();
        var guests = new Option<bool>("--guests")
        {
            Description = "Shuts the guests down as well, and ends their network and the private libvirt daemon.",
        };
        var grace = new Option<int>("--grace-period")
        {
            Description = "Seconds the guests have to shut down before they are ended.",
            DefaultValueFactory = _ => 10,
        };
        var agent = new AgentCommandOptions();
        var command = new Command(
            "down",
            "Stops Vireo on this host. Guests run on unless --guests is given; VMs are kept either way."
        )
        {
            state,
            guests,
            grace,
        };
        agent.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                Guard.RunAsync(() =>
                    RunAsync(
                        agent.Read(parse, parse.GetValue(state)!),
                        parse.GetValue(guests) ? TimeSpan.FromSeconds(parse.GetValue(grace)) : null,
                        ct
                    )
                )
        );
        return command.WithExample("vireo down --guests --grace-period 30");
    }

    private static async Task<int> RunAsync(AgentOptions agent, TimeSpan? guestGracePeriod, CancellationToken ct)
    {
        if (PidFile.ReadRunning(agent.StateFolder) is { } running)
        {
            await StopAsync(running, ct);
            await Console.Out.WriteLineAsync("Vireo is stopped.");
        }
        else
        {
            await Console.Out.WriteLineAsync($"Vireo does not run on {agent.StateFolder}.");
        }

        if (guestGracePeriod is { } grace && Directory.Exists(agent.StateFolder))
        {
            await Console.Out.WriteLineAsync("Shutting guests down.");
            using var loggers = Logging.Create(LogLevel.Warning);
            await AgentHost.TearDownAsync(agent, grace, loggers, TimeProvider.System, ct);
            await Console.Out.WriteLineAsync("No guest runs.");
        }

        return ExitCodes.Success;
    }

    private static async Task StopAsync(int processId, CancellationToken ct)
    {
        if (Signals.Terminate(processId) is not 0 and var error)
        {
            throw new StartException($"Process {processId} cannot be stopped: {new Win32Exception(error).Message}.");
        }

        using var limit = new CancellationTokenSource(StopLimit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            while (IsRunning(processId))
            {
                await Task.Delay(Pause, TimeProvider.System, either.Token);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new StartException(
                $"Process {processId} did not end within {StopLimit.TotalSeconds} s; its log says why."
            );
        }
    }

    private static bool IsRunning(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
