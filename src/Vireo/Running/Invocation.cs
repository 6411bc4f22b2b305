using System.CommandLine;
using System.CommandLine.Invocation;

namespace Vireo.Running;

/// <summary>Runs the command that was typed, or says in a line or two what is wrong with it.</summary>
internal static class Invocation
{
    public static async Task<int> RunAsync(ParseResult typed)
    {
        // Of a group of commands all are shown; elsewhere the mistake would scroll away above the help.
        var isGroup = typed.CommandResult.Command is { Action: null, Subcommands.Count: > 0 };
        if (typed.Action is not ParseErrorAction mistake)
        {
            return await typed.InvokeAsync();
        }

        if (isGroup && typed.UnmatchedTokens.Count == 0)
        {
            await typed.InvokeAsync();
            return ExitCodes.Usage;
        }

        // Elsewhere than among commands its guesses are of other things than what was meant.
        mistake.ShowTypoCorrections = isGroup && typed.UnmatchedTokens.Count == 1;
        mistake.ShowHelp = false;
        await typed.InvokeAsync();
        await Console.Error.WriteLineAsync($"See '{NameOf(typed.CommandResult.Command)} --help'.");
        return ExitCodes.Usage;
    }

    private static string NameOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent
            ? $"{NameOf(parent)} {command.Name}"
            : command.Name;
}
