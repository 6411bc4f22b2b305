using System.CommandLine;
using Vireo.Clusters;
using Vireo.Output;

namespace Vireo.Commands;

/// <summary>What all commands that ask for an action are told, beside what is the action's own.</summary>
internal sealed class ActionOptions
{
    private readonly ClientOptions _client = new();
    private readonly WaitOptions _wait = new();
    private readonly Option<OutputFormat> _output = CommandOptions.Output();

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Only checks whether it would be allowed; nothing changes.",
    };

    /// <param name="command">The command.</param>
    /// <param name="dryRun">False where the server knows no dry run.</param>
    /// <param name="wait">False where it has happened once the server answers.</param>
    public void AddTo(Command command, bool dryRun = true, bool wait = true)
    {
        if (dryRun)
        {
            command.Options.Add(_dryRun);
        }

        if (wait)
        {
            _wait.AddTo(command);
        }

        command.Options.Add(_output);
        _client.AddTo(command);
    }

    /// <summary><c>["All"]</c> when only a check is wanted, else null.</summary>
    public IReadOnlyList<string>? DryRun(ParseResult parse) => parse.GetValue(_dryRun) ? ["All"] : null;

    /// <summary>Asks for the action and tells what came of it.</summary>
    public Task<int> RunAsync(ParseResult parse, Func<Cluster, ActionCall> call, CancellationToken ct) =>
        _client.RunAsync(
            parse,
            cluster =>
                call(cluster)
                    .RunAsync(cluster, new(parse.GetValue(_output), parse.GetValue(_dryRun), _wait.Read(parse)), ct),
            ct
        );
}
