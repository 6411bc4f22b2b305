using System.CommandLine;
using Vireo.Rules;

namespace Vireo.Commands;

/// <summary>`vireo vm`: what virtual machines are made of.</summary>
internal static class VmCommand
{
    public static Command Create() =>
        new Command("vm", "Changes what virtual machines are made of, while they run where that can be.")
        {
            UpdateMatcherCommand.Create(MatcherRole.Instancetype),
            UpdateMatcherCommand.Create(MatcherRole.Preference),
        }.WithExample("vireo vm update-instance-type web u1.small --wait");
}
