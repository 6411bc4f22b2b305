using System.CommandLine;
using Vireo.Api;
using Vireo.Clusters;

namespace Vireo.Commands;

/// <summary>`vireo evacuate-cancel`: lets a guest stay on a host that is drained.</summary>
internal static class EvacuateCancelCommand
{
    public static Command Create()
    {
        var words = new Argument<string[]>("name")
        {
            Description = "vm NAME, vmi NAME, or NAME alone.",
            HelpName = "[vm|vmi] NAME",
            Arity = new ArgumentArity(1, 2),
        };
        var options = new ActionOptions();
        var command = new Command(
            "evacuate-cancel",
            "Lets a guest stay on its host, though the host is drained, until it is drained again."
        )
        {
            words,
        };
        options.AddTo(command, wait: false);
        command.SetAction(
            (parse, ct) =>
                options.RunAsync(
                    parse,
                    cluster =>
                    {
                        var target = Target.Parse(
                            string.Join('/', parse.GetValue(words)!),
                            cluster.Namespace,
                            TargetKind.Machine
                        );
                        var body = new EvacuateCancelOptions { DryRun = options.DryRun(parse) };
                        return new(
                            target,
                            "evacuate-cancel",
                            (client, end) =>
                                client.PutAsync(
                                    target.PathOf("evacuate/cancel"),
                                    body,
                                    ApiJson.Default.EvacuateCancelOptions,
                                    end
                                )
                        );
                    },
                    ct
                )
        );
        return command.WithExample("vireo evacuate-cancel vm web");
    }
}
