using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace Vireo.Output;

/// <summary>The help of a command, with an example under it.</summary>
internal sealed class HelpWithExample(HelpAction help) : SynchronousCommandLineAction
{
    private static readonly ConditionalWeakTable<Command, Text> Texts = [];

    /// <summary>Gives a command its example, and what its exit codes mean.</summary>
    public static void Add(Command command, string example, string exitCodes) =>
        Texts.AddOrUpdate(command, new(example, exitCodes));

    /// <summary>Shows examples for a program's commands.</summary>
    public static void AddTo(RootCommand root)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        option.Action = new HelpWithExample((HelpAction)option.Action!);
    }

    public override int Invoke(ParseResult parseResult)
    {
        var result = help.Invoke(parseResult);
        if (Texts.TryGetValue(parseResult.CommandResult.Command, out var text))
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine($"Example:\n  {text.Example.ReplaceLineEndings("\n  ")}\n");
            output.WriteLine(text.ExitCodes);
        }

        return result;
    }

    private sealed record Text(string Example, string ExitCodes);
}
