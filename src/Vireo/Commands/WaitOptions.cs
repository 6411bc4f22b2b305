using System.CommandLine;
using System.CommandLine.Parsing;
using Vireo.Clusters;

namespace Vireo.Commands;

/// <summary>Whether a command waits for what it asked for, and how long.</summary>
internal sealed class WaitOptions
{
    /// <summary>The longest wait when none is given.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromMinutes(5);

    private readonly Option<bool> _wait = new("--wait", "-w")
    {
        Description = "Ends only when it has happened; progress is told on standard error.",
    };

    private readonly Option<TimeSpan?> _timeout = Timeout();

    /// <summary>The longest wait; <see cref="Usual"/> when not given.</summary>
    public static Option<TimeSpan?> Timeout() =>
        new("--timeout")
        {
            Description = "The longest wait, for example 90s or 1h; 5m when not given.",
            HelpName = "duration",
            CustomParser = ParseLength,
        };

    public void AddTo(Command command)
    {
        command.Options.Add(_wait);
        command.Options.Add(_timeout);
    }

    /// <summary>The longest wait; null when none was asked for.</summary>
    public TimeSpan? Read(ParseResult parse) => parse.GetValue(_wait) ? parse.GetValue(_timeout) ?? Usual : null;

    private static TimeSpan? ParseLength(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (Durations.Parse(text) is { } length && length > TimeSpan.Zero)
        {
            return length;
        }

        result.AddError($"--timeout: '{text}' is no length of time: write it like 90s, 5m or 1h.");
        return null;
    }
}
