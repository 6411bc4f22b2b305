using System.CommandLine;
using Vireo.Api;
using Vireo.Clusters;

namespace Vireo.Commands;

/// <summary>`vireo freeze`: holds the guest's writes, so that its disks can be copied.</summary>
internal static class FreezeCommand
{
    public static Command Create()
    {
        var name = Names.Instance();
        var thaw = new Option<string?>("--unfreeze-timeout")
        {
            Description = "After this the file systems are thawed by themselves, for example 90s; 5m when not given.",
            HelpName = "duration",
        };
        thaw.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && Durations.Parse(result.Tokens[0].Value) is null)
            {
                result.AddError(
                    $"--unfreeze-timeout: '{result.Tokens[0].Value}' is no length of time: write 90s or 5m."
                );
            }
        });
        var options = new ActionOptions();
        var command = new Command("freeze", "Holds the guest's writes to its file systems, through its agent.")
        {
            name,
            thaw,
        };
        options.AddTo(command, dryRun: false, wait: false);
        command.SetAction(
            (parse, ct) =>
                options.RunAsync(
                    parse,
                    cluster =>
                    {
                        var target = Names.Of(cluster, parse.GetValue(name)!, TargetKind.Instance);
                        // The server takes no number without a unit.
                        var timeout = Durations.Parse(parse.GetValue(thaw) ?? "") is { } length
                            ? Durations.Text(length)
                            : null;
                        var body = new FreezeUnfreezeTimeout { UnfreezeTimeout = timeout };
                        return new(
                            target,
                            "freeze",
                            (client, end) =>
                                client.PutAsync(
                                    target.PathOf("freeze"),
                                    body,
                                    ApiJson.Default.FreezeUnfreezeTimeout,
                                    end
                                )
                        );
                    },
                    ct
                )
        );
        return command.WithExample("vireo freeze web --unfreeze-timeout 2m");
    }
}
