using System.CommandLine;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Controllers.MachineTypeTransitions;
using Vireo.Output;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>How far a command follows the transition that it made, and how it tells of it.</summary>
internal sealed class TransitionFollowOptions
{
    private readonly Option<bool> _wait = new("--wait")
    {
        Description = "Ends only when the owners of all machines have restarted them, too.",
    };

    private readonly Option<bool> _noWait = new("--no-wait")
    {
        Description = "Ends once the transition is made; 'vireo machine-type transition status' tells how far it is.",
    };

    private readonly Option<TimeSpan?> _timeout = WaitOptions.Timeout();
    private readonly Option<OutputFormat> _output = CommandOptions.Output();

    public TransitionFollowOptions() =>
        _timeout.Description = "The longest wait, for example 30m; none when not given.";

    public void AddTo(Command command)
    {
        command.Options.Add(_wait);
        command.Options.Add(_noWait);
        command.Options.Add(_timeout);
        command.Options.Add(_output);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_wait) && result.GetValue(_noWait))
            {
                result.AddError("Give --wait or --no-wait, not both.");
            }
        });
    }

    public OutputFormat Format(ParseResult parse) => parse.GetValue(_output);

    /// <summary>Does a transition's work in this process.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> RunHereAsync(
        ParseResult parse,
        Cluster cluster,
        MachineTypeTransition draft,
        string? id,
        CancellationToken ct
    )
    {
        var options = new TransitionRunOptions
        {
            Spec = draft.Spec,
            Id = id,
            WaitForRestarts = parse.GetValue(_wait),
        };
        var named = draft.Metadata.Name is { } name ? options with { Name = name } : options;
        return new TransitionRunCall(cluster.Client, Format(parse), Console.Error, TerminalWidth()).RunAsync(named, ct);
    }

    /// <summary>Makes a transition, follows it as far as was asked for, and tells how it ended.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(
        ParseResult parse,
        Cluster cluster,
        MachineTypeTransition draft,
        CancellationToken ct
    )
    {
        var made = await cluster.Client.CreateAsync(draft, ct);
        var name = made.Metadata.Name!;
        await Console.Error.WriteLineAsync($"Transition {name} is made.");
        var end = made;
        if (!parse.GetValue(_noWait))
        {
            using var timeout = new CancellationTokenSource(
                parse.GetValue(_timeout) ?? Timeout.InfiniteTimeSpan,
                TimeProvider.System
            );
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
            var follower = new TransitionFollower(cluster.Client, TimeProvider.System, Console.Error, TerminalWidth());
            try
            {
                end = await follower.FollowAsync(name, parse.GetValue(_wait), either.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw new StartException(
                    $"transition {name} has not ended within {Durations.Text(parse.GetValue(_timeout)!.Value)}; it goes on: "
                        + $"see 'vireo machine-type transition status {name}'."
                );
            }
        }

        return end is null
            ? throw new StartException($"transition {name} was deleted; what it had done stays.")
            : await TransitionReport.PrintEndAsync(parse.GetValue(_output), end);
    }

    private static int? TerminalWidth() => Console.IsErrorRedirected ? null : Math.Max(40, Console.WindowWidth);
}
