using System.CommandLine;
using Vireo.Api;

namespace Vireo.Commands;

/// <summary>Which machine type a virtual machine gets, and what may be overridden.</summary>
internal sealed class MachineTypeSetOptions
{
    private readonly Argument<string?> _type = new("type")
    {
        Description = "The new type, for example pc-q35-9.2; what the machine's image names when not given.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _from = new("--from")
    {
        Description = "Only if this is what is recorded now.",
        HelpName = "type",
    };

    private readonly Option<bool> _force = new("--force")
    {
        Description =
            "Changes family, goes back to an older version, or to what cannot be compared. May break the guest.",
    };

    private readonly Option<bool> _atNextBoot = new("--at-next-boot")
    {
        Description = "Stores the type of a running machine for its next boot.",
    };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_type);
        command.Options.Add(_from);
        command.Options.Add(_force);
        command.Options.Add(_atNextBoot);
    }

    public MachineTypeOptions Read(ParseResult parse) =>
        new()
        {
            MachineType = parse.GetValue(_type),
            From = parse.GetValue(_from),
            Force = parse.GetValue(_force) ? true : null,
            AtNextBoot = parse.GetValue(_atNextBoot) ? true : null,
        };
}
