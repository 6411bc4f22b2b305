using System.CommandLine;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Rules;

namespace Vireo.Commands;

/// <summary>`vireo rebuild`: makes the root disk of a virtual machine anew.</summary>
internal static class RebuildCommand
{
    public static Command Create()
    {
        var name = Names.Machine();
        var image = new Option<string?>("--image")
        {
            Description =
                "The image to make it from, written to the machine's template; that of the template if not given.",
        };
        var options = new ActionOptions();
        var command = new Command(
            "rebuild",
            "Makes the root disk anew from its image and forgets the recorded machine type; what runs is restarted."
        )
        {
            name,
            image,
        };
        options.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                options.RunAsync(
                    parse,
                    cluster =>
                    {
                        var target = Names.Of(cluster, parse.GetValue(name)!, TargetKind.Machine);
                        var body = new RebuildOptions { Image = parse.GetValue(image), DryRun = options.DryRun(parse) };
                        return new(
                            target,
                            "rebuild",
                            (client, end) =>
                                client.PutAsync(target.PathOf("rebuild"), body, ApiJson.Default.RebuildOptions, end)
                        )
                        {
                            Goal = before => new WaitGoal.Back(before.Instance?.Metadata.Uid),
                        };
                    },
                    ct
                )
        );
        return command.WithExample("vireo rebuild web --wait\nvireo rebuild web --image registry.example/debian:13");
    }
}
