using System.CommandLine;
using Vireo.Clusters;
using Vireo.Rules;

namespace Vireo.Commands;

/// <summary>The actions on a guest that have no options of their own.</summary>
internal static class InstanceActionCommand
{
    /// <summary>`vireo soft-reboot`.</summary>
    public static Command CreateSoftReboot() =>
        Create(
            "soft-reboot",
            "softreboot",
            "Asks the guest to reboot itself: through its agent, else with the ACPI power button.",
            Rebooted,
            "A guest that boots may not hear it yet, and one without an agent may ignore it: ask again, or 'vireo reset'."
        );

    /// <summary>`vireo reset`.</summary>
    public static Command CreateReset() =>
        Create("reset", "reset", "Presses the guest's reset button: it boots again at once, unasked.", Rebooted);

    /// <summary>`vireo unfreeze`.</summary>
    public static Command CreateUnfreeze() =>
        Create("unfreeze", "unfreeze", "Lets a guest write to its file systems again.", goal: null);

    private static WaitGoal Rebooted(Life before) =>
        new WaitGoal.Rebooted(VirtualMachineWaits.NewestReboot(before.Machine, before.Instance)?.LastTransitionTime);

    private static Command Create(
        string verb,
        string subresource,
        string description,
        Func<Life, WaitGoal>? goal,
        string? advice = null
    )
    {
        var name = Names.Instance();
        var options = new ActionOptions();
        var command = new Command(verb, description) { name };
        options.AddTo(command, dryRun: false, wait: goal is not null);
        command.SetAction(
            (parse, ct) =>
                options.RunAsync(
                    parse,
                    cluster =>
                    {
                        var target = Names.Of(cluster, parse.GetValue(name)!, TargetKind.Instance);
                        return new(target, verb, (client, end) => client.PutAsync(target.PathOf(subresource), end))
                        {
                            Goal = goal,
                            Advice = advice,
                        };
                    },
                    ct
                )
        );
        return command.WithExample($"vireo {verb} web{(goal is null ? "" : " --wait")}");
    }
}
