using System.CommandLine;
using Vireo.Api;
using Vireo.Controllers.MachineTypeTransitions;
using Vireo.Output;
using Vireo.Running;
using Vireo.Runtime;

namespace Vireo.Commands;

/// <summary>Does a transition's work in this process, and tells of each machine.</summary>
/// <param name="client">The server.</param>
/// <param name="format">How the end is printed.</param>
/// <param name="progress">Where progress is told.</param>
/// <param name="width">The width of the terminal that progress is told on; null when it is none.</param>
internal sealed class TransitionRunCall(KubernetesClient client, OutputFormat format, TextWriter progress, int? width)
    : IProgress<TransitionRunProgress>
{
    private readonly Clusters.Rate _rate = new(TimeProvider.System);
    private readonly List<MachineTypeOutcome> _outcomes = [];
    private bool _isTrial;
    private string _name = "";
    private string? _waitsFor;

    /// <summary>What was typed, with what the environment adds.</summary>
    public static ParseResult WithEnvironment(ParseResult typed, Func<string, string?> variable)
    {
        var command = typed.CommandResult.Command;
        var added = TransitionEnvironment
            .Options(variable)
            .Where(words =>
                typed.GetResult(command.Options.Single(option => option.Name == words[0])) is null or { Implicit: true }
            )
            .SelectMany(words => words);
        var parsed = typed.RootCommandResult.Command.Parse([.. typed.Tokens.Select(token => token.Value), .. added]);
        return parsed.Errors is [var error, ..]
            ? throw new Clusters.UsageException($"from the environment: {error.Message}")
            : parsed;
    }

    public async Task<int> RunAsync(TransitionRunOptions options, CancellationToken ct)
    {
        (_isTrial, _name) = (options.Spec.DryRun == true, options.Name);
        var result = await new TransitionRun(client, TimeProvider.System).RunAsync(options, this, ct);
        if (width is not null)
        {
            await progress.WriteLineAsync();
        }

        if (_isTrial)
        {
            TransitionReport.PrintOutcomes(format, _outcomes);
            return result.Phase == "Failed" ? await FailAsync(result.Message) : ExitCodes.Success;
        }

        return await TransitionReport.PrintEndAsync(
            format,
            new()
            {
                Metadata = new() { Name = options.Name },
                Spec = options.Spec,
                Status = new()
                {
                    Phase = result.Phase,
                    Steps = result.Steps,
                    Counts = result.Counts,
                    Outcomes = result.Outcomes,
                    OutcomesOmitted = result.OutcomesOmitted,
                    Conditions =
                    [
                        new()
                        {
                            Type = "Progressing",
                            Status = "False",
                            Reason = result.Phase,
                            Message = result.Message,
                        },
                    ],
                },
            },
            isReported: false
        );
    }

    /// <summary>Tells of one more machine, or of a wait.</summary>
    public void Report(TransitionRunProgress value)
    {
        if (_isTrial)
        {
            if (value.Latest is { } would)
            {
                _outcomes.Add(would);
            }
        }
        else if (width is { } columns)
        {
            var transition = new MachineTypeTransition
            {
                Metadata = new() { Name = _name },
                Spec = new(),
                Status = new() { Phase = value.WaitsFor ?? "Running", Counts = value.Counts },
            };
            var rate = _rate.Add(TransitionProgressLine.Of(value.Counts).Settled);
            progress.Write($"\r{TransitionProgressLine.Bar(transition, rate, columns)}\u001b[K");
        }
        else
        {
            Log(value);
        }
    }

    /// <summary>Machines that need nothing would only hide the others in a log.</summary>
    private void Log(TransitionRunProgress value)
    {
        if (value.Latest is { Outcome: not "Unchanged" } done)
        {
            var why = done.Message is { Length: > 0 } message ? $" ({message})" : "";
            progress.WriteLine($"{done.Namespace}/{done.Name}: {done.Outcome}: {done.From} to {done.To}{why}");
        }

        if (value.WaitsFor is { } wait && wait != _waitsFor)
        {
            progress.WriteLine($"waits: {wait}");
        }

        _waitsFor = value.WaitsFor;
    }

    private static async Task<int> FailAsync(string message)
    {
        await Console.Error.WriteLineAsync($"vireo: {message}");
        return ExitCodes.Failure;
    }
}
