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
        var follow = new Option<bool>("--follow", "-f") { Description = "Follows it to its end." };
        var output = CommandOptions.Output();
        var connection = new ClientOptions();
        var command = new Command("status", "Shows how far a transition is, and which machines need somebody.")
        {
            name,
            follow,
            output,
        };
        connection.AddTo(command, hasNamespace: false);
        command.SetAction(
            (parse, ct) =>
                connection.RunAsync(
                    parse,
                    async cluster =>
                    {
                        var transition = await RequireAsync(cluster.Client, parse.GetValue(name)!, ct);
                        if (parse.GetValue(follow))
                        {
                            var (client, named) = (cluster.Client, transition.Metadata.Name!);
                            transition = await TransitionFollowOptions.FollowAsync(client, named, false, null, ct);
                            return await TransitionReport.PrintEndAsync(parse.GetValue(output), transition);
                        }

                        return await TransitionReport.PrintStatusAsync(parse.GetValue(output), transition);
                    },
                    ct
                )
        );
        return command.WithExample(
            "vireo machine-type transition status fleet\nvireo machine-type transition status fleet --follow",
            TransitionReport.ExitCodesExplained
        );
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
