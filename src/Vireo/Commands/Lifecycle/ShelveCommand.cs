using System.CommandLine;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Rules;

namespace Vireo.Commands;

/// <summary>
/// `vireo shelve` and `vireo unshelve`: stops a virtual machine and saves its disks, and brings it back.
/// </summary>
internal static class ShelveCommand
{
    public static Command Create()
    {
        var name = Names.Machine();
        var offload = new Option<bool>("--offload")
        {
            Description = "Copies what was saved to a registry, so that no host keeps anything for the machine.",
        };
        var image = new Option<string?>("--image")
        {
            Description = "With --offload: where to, for example registry.example:5000/shelf/web:1.",
        };
        var secret = new Option<string?>("--image-secret")
        {
            Description = "With --offload: the Secret with the registry's credentials.",
        };
        var options = new ActionOptions();
        var command = new Command(
            "shelve",
            "Stops a virtual machine, saves its disks as an image and frees what it used."
        )
        {
            name,
            offload,
            image,
            secret,
        };
        options.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                options.RunAsync(
                    parse,
                    cluster =>
                    {
                        var target = Names.Of(cluster, parse.GetValue(name)!, TargetKind.Machine);
                        var body = new ShelveOptions
                        {
                            Offload = parse.GetValue(offload) ? true : null,
                            Image = parse.GetValue(image),
                            ImageSecret = parse.GetValue(secret),
                            DryRun = options.DryRun(parse),
                        };
                        return new(
                            target,
                            "shelve",
                            (client, end) =>
                                client.PutAsync(target.PathOf("shelve"), body, ApiJson.Default.ShelveOptions, end)
                        )
                        {
                            Goal = _ => new WaitGoal.Shelved(parse.GetValue(offload)),
                        };
                    },
                    ct
                )
        );
        return command.WithExample(
            "vireo shelve web --wait\nvireo shelve web --offload --image registry.example:5000/shelf/web:1 --wait"
        );
    }

    public static Command CreateUnshelve()
    {
        var name = Names.Machine();
        var options = new ActionOptions();
        var command = new Command(
            "unshelve",
            "Brings a shelved virtual machine back: it runs when its run strategy says so, or when it ran before."
        )
        {
            name,
        };
        options.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                options.RunAsync(
                    parse,
                    cluster =>
                    {
                        var target = Names.Of(cluster, parse.GetValue(name)!, TargetKind.Machine);
                        var body = new UnshelveOptions { DryRun = options.DryRun(parse) };
                        return new(
                            target,
                            "unshelve",
                            (client, end) =>
                                client.PutAsync(target.PathOf("unshelve"), body, ApiJson.Default.UnshelveOptions, end)
                        )
                        {
                            Goal = _ => new WaitGoal.Back(),
                        };
                    },
                    ct
                )
        );
        return command.WithExample("vireo unshelve web --wait");
    }
}
