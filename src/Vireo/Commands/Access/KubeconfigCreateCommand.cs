using System.CommandLine;
using Vireo.ApiServer;
using Vireo.Clusters;
using Vireo.Running;
using Vireo.Runtime;

namespace Vireo.Commands;

/// <summary>`vireo kubeconfig create`: a kubeconfig with a certificate, made where the server keeps its CA.</summary>
internal static class KubeconfigCreateCommand
{
    private static readonly TimeSpan DefaultLife = TimeSpan.FromDays(365);
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(3650);

    public static Command Create()
    {
        var user = new Argument<string>("user") { Description = "The user's name, as roles are bound to it." };
        var groups = new Option<string[]>("--group")
        {
            Description = "A group that the user is in; may be given several times.",
            DefaultValueFactory = _ => [],
        };
        var life = Life();
        var server = new Option<Uri?>("--server")
        {
            Description = "Where the user reaches the server. The address that its administrator uses.",
            HelpName = "url",
            CustomParser = CommandOptions.HttpsUri,
        };
        var file = OutputFile();
        var state = CommandOptions.StateDir();
        var command = new Command(
            "create",
            "Writes a kubeconfig for a user. Run it where the server keeps its state; roles say what the user may do."
        )
        {
            user,
            groups,
            life,
            server,
            file,
            state,
        };
        command.SetAction(
            (parse, _) =>
                Guard.RunAsync(async () =>
                {
                    var name = parse.GetValue(user)!;
                    var connection = UserCertificates.Create(
                        parse.GetValue(state)!,
                        name,
                        parse.GetValue(groups)!,
                        parse.GetValue(life),
                        parse.GetValue(server),
                        TimeProvider.System
                    );
                    if (parse.GetValue(file) is { } path)
                    {
                        Kubeconfig.Write(path, "vireo", connection, name);
                        await Console.Out.WriteLineAsync($"{path} written: user {name} at {connection.Server}");
                    }
                    else
                    {
                        await Console.Out.WriteAsync(Kubeconfig.Text("vireo", connection, name));
                    }

                    return ExitCodes.Success;
                })
        );
        return command.WithExample(
            "vireo kubeconfig create ann --group developers --output-file ann.kubeconfig\n"
                + "kubectl create rolebinding ann --clusterrole=edit --user=ann -n web"
        );
    }

    private static Option<string?> OutputFile() =>
        new("--output-file")
        {
            Description = "The file to write, readable by its owner only. The standard output when not given.",
            HelpName = "file",
        };

    private static Option<TimeSpan> Life() =>
        new("--valid-for")
        {
            Description = "How long it holds, 8760h when not given. It cannot be taken back: keep it short.",
            HelpName = "duration",
            DefaultValueFactory = _ => DefaultLife,
            CustomParser = result =>
            {
                var text = result.Tokens.Single().Value;
                if (Durations.Parse(text) is { } length && length > TimeSpan.Zero && length <= LongestLife)
                {
                    return length;
                }

                result.AddError($"--valid-for: '{text}' is no length of time: write it like 12h or 720h.");
                return default;
            },
        };
}
