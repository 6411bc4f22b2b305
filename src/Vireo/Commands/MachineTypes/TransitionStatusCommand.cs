using System.CommandLine;
using Vireo.Api;
using Vireo.Output;
using Vireo.Runtime;

namespace Vireo.Commands;

/// <summary>`vireo machine-type transition status`: how far one is, and which machines need somebody.</summary>
internal static class TransitionStatusCommand
{
    public static Command Create()
    {
        var name = Transition();
        var output = CommandOptions.Output();
        var client = new ClientOptions();
        var command = new Command("status", "Shows how far a transition is, and which machines need somebody.")
        {
            name,
            output,
        };
        client.AddTo(command, hasNamespace: false);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    async cluster =>
                        await TransitionReport.PrintStatusAsync(
                            parse.GetValue(output),
                            await RequireAsync(cluster.Client, parse.GetValue(name)!, ct)
                        ),
                    ct
                )
        );
        return command.WithExample("vireo machine-type transition status fleet");
    }

    /// <summary>Which transition a command is about.</summary>
    public static Argument<string> Transition() => new("name") { Description = "The transition's name." };

    /// <summary>The transition of a name.</summary>
    /// <exception cref="ApiException">There is none.</exception>
    public static async Task<MachineTypeTransition> RequireAsync(
        KubernetesClient client,
        string name,
        CancellationToken ct
    ) =>
        await client.FindAsync<MachineTypeTransition>(new(null, name), ct)
        ?? throw new ApiException(Reason.NotFound, $"machinetypetransitions.vireo.dev \"{name}\" not found");
}
