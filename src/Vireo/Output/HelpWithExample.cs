using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Vireo.Running;

namespace Vireo.Output;

/// <summary>The help of a command, with an example under it.</summary>
internal sealed class HelpWithExample(HelpAction help) : SynchronousCommandLineAction
{
    private static readonly Dictionary<Command, string> Examples = [];

    /// <summary>Gives a command its example.</summary>
    public static void Add(Command command, string example) => Examples[command] = example;

    /// <summary>Shows examples for a program's commands.</summary>
    public static void AddTo(RootCommand root)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        option.Action = new HelpWithExample((HelpAction)option.Action!);
    }

    public override int Invoke(ParseResult parseResult)
    {
        var result = help.Invoke(parseResult);
        if (Examples.TryGetValue(parseResult.CommandResult.Command, out var example))
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine($"Example:\n  {example.ReplaceLineEndings("\n  ")}\n");
            output.WriteLine(ExitCodes.Explained);
        }

        return result;
    }
}
