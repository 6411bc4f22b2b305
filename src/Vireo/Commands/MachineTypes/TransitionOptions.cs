using System.CommandLine;
using Vireo.Api;
using Vireo.Clusters;

namespace Vireo.Commands;

/// <summary>Which virtual machines a transition moves, and where to.</summary>
internal sealed class TransitionOptions
{
    private readonly Option<string[]> _namespaces = new("--namespace", "-n")
    {
        Description = "Machines of this namespace; may be given several times. All namespaces when not given.",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _selector = new("--selector", "-l")
    {
        Description = "Machines with these labels, for example app=web,tier in (a,b),!old.",
    };

    private readonly Option<string?> _state = new("--state")
    {
        Description = "Only running, or only stopped machines; any when not given.",
    };

    private readonly Option<string?> _types = new("--machine-types")
    {
        Description = "Machines whose type in effect matches, for example 'pc-q35-rhel8.*'.",
        HelpName = "glob",
    };

    private readonly Option<string?> _below = new("--below")
    {
        Description =
            "Machines older than this type; the target when not given. Without both the built-in table of families holds.",
        HelpName = "type",
    };

    private readonly Option<string?> _target = new("--target")
    {
        Description = "The new type; the newest of the family of --below that every host offers when not given.",
        HelpName = "type",
    };

    private readonly Option<bool> _family = new("--allow-family-change")
    {
        Description =
            "Moves machines of other chipset families as well, as from i440fx to q35: guests get new devices.",
    };

    public TransitionOptions() => _state.AcceptOnlyFromAmong("any", "running", "stopped");

    public void AddTo(Command command)
    {
        command.Options.Add(_namespaces);
        command.Options.Add(_selector);
        command.Options.Add(_state);
        command.Options.Add(_types);
        command.Options.Add(_below);
        command.Options.Add(_target);
        command.Options.Add(_family);
    }

    /// <summary>What was chosen.</summary>
    /// <exception cref="UsageException">A text is not understood.</exception>
    public MachineTypeTransitionSpec Read(ParseResult parse) =>
        new()
        {
            Namespaces = parse.GetValue(_namespaces) is { Length: > 0 } some ? some : null,
            Selector = parse.GetValue(_selector) is { } text ? SelectorText.Parse(text) : null,
            State = parse.GetValue(_state) is [var first, .. var rest] ? char.ToUpperInvariant(first) + rest : null,
            MachineTypes = parse.GetValue(_types),
            Steps = Steps(parse.GetValue(_below), parse.GetValue(_target)),
            AllowFamilyChange = parse.GetValue(_family) ? true : null,
        };

    /// <remarks>No step leaves the choice to the built-in table.</remarks>
    private static IReadOnlyList<MachineTypeStep>? Steps(string? below, string? target) =>
        below is null && target is null ? null : [new() { Below = below, Target = target }];
}
