using System.CommandLine;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Rules;

namespace Vireo.Commands;

/// <summary>`vireo pause` and `vireo unpause`: holds a guest, and lets it go on.</summary>
internal static class PauseCommand
{
    public static Command Create() =>
        Create(
            "pause",
            "Holds a guest where it is. What it has in memory is kept.",
            (path, dryRun) =>
                (client, ct) => client.PutAsync(path, new() { DryRun = dryRun }, ApiJson.Default.PauseOptions, ct),
            new WaitGoal.Paused()
        );

    public static Command CreateUnpause() =>
        Create(
            "unpause",
            "Lets a guest go on that was paused.",
            (path, dryRun) =>
                (client, ct) => client.PutAsync(path, new() { DryRun = dryRun }, ApiJson.Default.UnpauseOptions, ct),
            new WaitGoal.Unpaused()
        );

    private static Command Create(
        string verb,
        string description,
        Func<string, IReadOnlyList<string>?, Func<Runtime.KubernetesClient, CancellationToken, Task>> send,
        WaitGoal goal
    )
    {
        var words = new Argument<string[]>("name")
        {
            Description = "vm NAME, vmi NAME, or NAME alone.",
            HelpName = "[vm|vmi] NAME",
            Arity = new ArgumentArity(1, 2),
        };
        var options = new ActionOptions();
        var command = new Command(verb, description) { words };
        options.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                options.RunAsync(
                    parse,
                    cluster =>
                    {
                        var named = Target.Parse(
                            string.Join('/', parse.GetValue(words)!),
                            cluster.Namespace,
                            TargetKind.Instance
                        );
                        var instance = named with { Kind = TargetKind.Instance };
                        var put = send(instance.PathOf(verb), options.DryRun(parse));
                        return new(
                            instance,
                            verb,
                            async (client, end) =>
                            {
                                await RequireAsync(client, named, end);
                                await put(client, end);
                            }
                        )
                        {
                            Goal = _ => goal,
                        };
                    },
                    ct
                )
        );
        return command.WithExample($"vireo {verb} vm web\nvireo {verb} web --wait");
    }

    /// <summary>Of a virtual machine that is not there it is said that it is not, not that it does not run.</summary>
    private static async Task RequireAsync(Runtime.KubernetesClient client, Target named, CancellationToken ct)
    {
        if (named.Kind == TargetKind.Machine && await client.FindAsync<VirtualMachine>(named.Key, ct) is null)
        {
            throw new Runtime.ApiException(
                Runtime.Reason.NotFound,
                $"virtualmachine.kubevirt.io \"{named.Name}\" not found"
            );
        }
    }
}
