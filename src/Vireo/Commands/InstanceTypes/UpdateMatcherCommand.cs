using System.CommandLine;
using Vireo.Clusters;
using Vireo.Rules;

namespace Vireo.Commands;

/// <summary>
/// `vireo vm update-instance-type` and `vireo vm update-preference`: another instance type or preference for a virtual
/// machine.
/// </summary>
internal static class UpdateMatcherCommand
{
    private const string ExitCodesExplained =
        "Exit codes: 0 done; 1 refused, failed or not there, or it did not come in time; 2 typed wrongly;\n"
        + "8 with --wait: done, and some of it needs a restart: its fields are named.";

    public static Command Create(MatcherRole role)
    {
        var isType = role is MatcherRole.Instancetype;
        var name = Names.Machine();
        var other = new Argument<string>(isType ? "instance-type" : "preference")
        {
            Description =
                $"The new {MatcherText.WordOf(role)}, [KIND/]NAME; one of the cluster where no kind is given.",
        };
        var dryRun = new Option<bool>("--dry-run")
        {
            Description =
                "Only tells what would change while the guest runs, what by a migration, and what needs a restart.",
        };
        var wait = new WaitOptions();
        var output = CommandOptions.Output();
        var client = new ClientOptions();
        var command = new Command(
            isType ? "update-instance-type" : "update-preference",
            isType
                ? "Gives a virtual machine another instance type; processors and memory come to its guest while it runs."
                : "Gives a virtual machine another preference."
        )
        {
            name,
            other,
            dryRun,
            output,
        };
        wait.AddTo(command);
        client.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    cluster =>
                        new MatcherUpdate(
                            cluster,
                            Names.Of(cluster, parse.GetValue(name)!, TargetKind.Machine),
                            MatcherText.Parse(role, parse.GetValue(other)!),
                            new ActionMode(parse.GetValue(output), parse.GetValue(dryRun), wait.Read(parse))
                        ).RunAsync(ct),
                    ct
                )
        );
        return command.WithExample(
            isType
                ? "vireo vm update-instance-type web u1.small --wait\n"
                    + "vireo vm update-instance-type web virtualmachineinstancetype/huge --dry-run"
                : "vireo vm update-preference web fedora\nvireo vm update-preference web alpine --dry-run",
            ExitCodesExplained
        );
    }
}
