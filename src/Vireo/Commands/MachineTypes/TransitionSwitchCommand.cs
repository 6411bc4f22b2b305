using System.CommandLine;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Running;
using Vireo.Runtime;

namespace Vireo.Commands;

/// <summary>`vireo machine-type transition pause`, `resume` and `cancel`.</summary>
internal static class TransitionSwitchCommand
{
    public static Command CreatePause() =>
        Create(
            "pause",
            "Holds a transition: it touches no further machine for now. Restarts that have begun go on.",
            "paused",
            true,
            "is paused"
        );

    public static Command CreateResume() =>
        Create("resume", "Lets a transition go on that was paused.", "paused", false, "goes on");

    public static Command CreateCancel() =>
        Create(
            "cancel",
            "Ends a transition: it touches no further machine. What it has done stays; 'rollback' takes that back.",
            "cancelled",
            true,
            "is cancelled"
        );

    private static Command Create(string verb, string description, string field, bool value, string done)
    {
        var name = TransitionStatusCommand.Transition();
        var client = new ClientOptions();
        var command = new Command(verb, description) { name };
        client.AddTo(command, hasNamespace: false);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    async cluster =>
                    {
                        var key = new ResourceKey(null, parse.GetValue(name)!);
                        var change = new JsonObject { ["spec"] = new JsonObject { [field] = value } };
                        await cluster.Client.PatchAsync<MachineTypeTransition>(key, Patch.Merge(change), ct);
                        await Console.Out.WriteLineAsync($"Transition {key.Name} {done}");
                        return ExitCodes.Success;
                    },
                    ct
                )
        );
        return command.WithExample($"vireo machine-type transition {verb} fleet");
    }
}
