using System.CommandLine;
using Vireo.Api;
using Vireo.Controllers.MachineTypeTransitions;
using Vireo.Output;
using Vireo.Rules;
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
        Check(options);
        (_isTrial, _name) = (options.Spec.DryRun == true, options.Name);
        if (await MoveAsync(options, ct) is not { } result)
        {
            return ExitCodes.Failure;
        }

        if (_isTrial && result is { Phase: "Failed", Counts.Selected: 0 })
        {
            await Console.Error.WriteLineAsync($"vireo: {result.Message}");
            return ExitCodes.Failure;
        }

        if (_isTrial)
        {
            TransitionReport.PrintOutcomes(
                format,
                [
                    .. _outcomes
                        .OrderBy(outcome => outcome.Namespace, StringComparer.Ordinal)
                        .ThenBy(outcome => outcome.Name, StringComparer.Ordinal),
                ]
            );
            return ExitCodes.Success;
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
                Status = new()
                {
                    Phase = "Running",
                    Counts = value.Counts,
                    Conditions = value.WaitsFor is { } wait
                        ?
                        [
                            new()
                            {
                                Type = "Progressing",
                                Status = "True",
                                Reason = "Waiting",
                                Message = $"Waits for {wait}.",
                            },
                        ]
                        : null,
                },
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

    /// <summary>No server looks at what this process is told to do.</summary>
    private static void Check(TransitionRunOptions options)
    {
        var transition = new MachineTypeTransition
        {
            Metadata = new() { Name = options.Name },
            Spec = options.Spec,
        };
        var context = new AdmissionContext(new(), TimeProvider.System.GetUtcNow(), IsSystem: false);
        var review = Admission.Review(
            new(ResourceKinds.MachineTypeTransitions, AdmissionOperation.Create, transition, null, context)
        );
        if (review.Errors.Count > 0)
        {
            throw new Clusters.UsageException(
                string.Join('\n', review.Errors.Select(error => $"{error.Field}: {error.Message}"))
            );
        }
    }

    private async Task<TransitionRunResult?> MoveAsync(TransitionRunOptions options, CancellationToken ct)
    {
        try
        {
            return await new TransitionRun(client, TimeProvider.System).RunAsync(options, this, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await progress.WriteLineAsync(
                "vireo: interrupted: what was done stays, and another run goes on from there."
            );
            return null;
        }
        finally
        {
            if (width is not null && !_isTrial)
            {
                await progress.WriteLineAsync();
            }
        }
    }
}
