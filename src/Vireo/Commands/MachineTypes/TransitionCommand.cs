using System.CommandLine;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Output;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>`vireo machine-type transition`: moves many virtual machines, and follows how it goes.</summary>
internal static class TransitionCommand
{
    private const string Example =
        "vireo machine-type transition --dry-run\n"
        + "vireo machine-type transition -n shop -l tier=test --target pc-q35-9.2 --restart-now --max-failures 5\n"
        + "vireo machine-type transition --name fleet --window 22:00-04:00@Europe/Berlin --restart-now --no-wait\n"
        + "vireo machine-type transition report fleet -o csv";

    public static Command Create()
    {
        var name = Name();
        var selection = new TransitionOptions();
        var pace = new TransitionPaceOptions();
        var follow = new TransitionFollowOptions();
        var dryRun = DryRun();
        var place = new TransitionPlaceOptions();
        var client = new ClientOptions();
        var command = new Command(
            "transition",
            "Moves many virtual machines to a newer machine type: all that are older than a minimum, or a selection."
        )
        {
            name,
            dryRun,
            TransitionListCommand.Create(),
            TransitionStatusCommand.Create(),
            TransitionReportCommand.Create(),
            TransitionSwitchCommand.CreatePause(),
            TransitionSwitchCommand.CreateResume(),
            TransitionSwitchCommand.CreateCancel(),
            TransitionRollbackCommand.Create(),
        };
        selection.AddTo(command);
        pace.AddTo(command);
        follow.AddTo(command);
        place.AddTo(command);
        client.AddTo(command, hasNamespace: false);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    cluster =>
                    {
                        if (place.JobImage(parse) is { } image)
                        {
                            var isTrial = parse.GetValue(dryRun);
                            return SubmitAsync(parse, cluster, (parse.GetValue(name), image, isTrial), follow, ct);
                        }

                        var told = place.IsRun(parse)
                            ? TransitionRunCall.WithEnvironment(parse, Environment.GetEnvironmentVariable)
                            : parse;
                        var spec = pace.Read(told, selection.Read(told)) with
                        {
                            DryRun = told.GetValue(dryRun) ? true : null,
                        };
                        var draft = Draft(told.GetValue(name), spec);
                        return place.IsRun(told) ? follow.RunHereAsync(told, cluster, draft, place.Id(told), ct)
                            : spec.DryRun == true
                                ? TransitionTrial.RunAsync(cluster.Client, draft, follow.Format(told), ct)
                            : follow.RunAsync(told, cluster, draft, ct);
                    },
                    ct
                )
        );
        return command.WithExample(Example, TransitionReport.ExitCodesExplained);
    }

    public static Option<string?> Name() =>
        new("--name") { Description = "The transition's name; one is made up when not given." };

    public static Option<bool> DryRun() =>
        new("--dry-run") { Description = "Only tells what would become of each machine, and why; nothing changes." };

    /// <summary>A transition that is not made yet.</summary>
    public static MachineTypeTransition Draft(string? name, MachineTypeTransitionSpec spec) =>
        new() { Metadata = name is null ? new() { GenerateName = "transition-" } : new() { Name = name }, Spec = spec };

    private static async Task<int> SubmitAsync(
        ParseResult parse,
        Cluster cluster,
        (string? Name, string Image, bool IsTrial) job,
        TransitionFollowOptions follow,
        CancellationToken ct
    )
    {
        var documents = TransitionJob.Documents(job.Name, job.Image, TransitionJob.Arguments(parse));
        if (job.IsTrial)
        {
            Printer.PrintManifests(follow.Format(parse), documents);
            return ExitCodes.Success;
        }

        var made = await TransitionJob.CreateAsync(cluster.Client, documents, ct);
        var (name, @namespace) = ((string?)made["metadata"]?["name"], (string?)made["metadata"]?["namespace"]);
        if (follow.Format(parse) != OutputFormat.Table)
        {
            Printer.Print(follow.Format(parse), made);
            return ExitCodes.Success;
        }

        await Console.Out.WriteLineAsync(
            $"Job {name} is made; follow it with 'kubectl logs -f -n {@namespace} job/{name}'"
        );
        return ExitCodes.Success;
    }
}
