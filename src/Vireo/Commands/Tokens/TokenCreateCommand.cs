using System.CommandLine;
using System.Globalization;
using Vireo.Clusters;
using Vireo.Rules;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>`vireo token create`: writes a token once; nobody can read it again.</summary>
internal static class TokenCreateCommand
{
    private static readonly TimeSpan DefaultLife = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(7);

    public static Command Create()
    {
        var life = Life();
        var host = Host();
        var description = new Option<string?>("--description") { Description = "What it is for, for people." };
        var client = new ClientOptions();
        var command = new Command("create", "Writes a new token, which one host can use once to join.")
        {
            life,
            host,
            description,
        };
        client.AddTo(command, hasNamespace: false);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    async cluster =>
                    {
                        var only = parse.GetValue(host);
                        if (only is not null && JoinRules.CheckHost(only) is { } fault)
                        {
                            throw new UsageException($"--host: {fault}");
                        }

                        var text = NewToken.Make(cluster.Connection);
                        var ends = TimeProvider.System.GetUtcNow() + parse.GetValue(life);
                        var token = new JoinToken(text.Id, JoinToken.HashOf(text.Secret), ends)
                        {
                            Host = only,
                            Description = parse.GetValue(description),
                        };
                        await cluster.Client.CreateAsync(token.ToSecret(), ct);
                        await TellAsync(text, token, cluster.Connection!.Server);
                        return ExitCodes.Success;
                    },
                    ct
                )
        );
        return command.WithExample(
            "vireo token create\nTOKEN=$(vireo token create --ttl 24h --description 'rack 3')\n"
                + "vireo token create --host host2"
        );
    }

    private static Option<string?> Host() =>
        new("--host")
        {
            Description = "The only host that may use it. Needed for a host that joined before and joins again.",
        };

    private static Option<TimeSpan> Life() =>
        new("--ttl")
        {
            Description = "How long it can be used, at most 168h.",
            HelpName = "duration",
            DefaultValueFactory = _ => DefaultLife,
            CustomParser = result =>
            {
                var text = result.Tokens.Single().Value;
                if (Durations.Parse(text) is { } length && length > TimeSpan.Zero && length <= LongestLife)
                {
                    return length;
                }

                result.AddError($"--ttl: '{text}' is no length of time up to 168h: write it like 30m or 24h.");
                return default;
            },
        };

    /// <summary>The token alone goes to the output, for scripts; what people do with it goes beside it.</summary>
    private static async Task TellAsync(JoinTokenText text, JoinToken token, Uri server)
    {
        await Console.Out.WriteLineAsync(text.ToString());
        var name = token.Host is { } host ? $" --node-name {host}" : "";
        var ends = token.Expires.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        await Console.Error.WriteLineAsync(
            $"It joins one host until {ends} UTC and is not shown again. On that host:\n"
                + $"  vireo agent --join {server.GetLeftPart(UriPartial.Authority)} --token {text}{name}"
        );
        if (server.IsLoopback)
        {
            await Console.Error.WriteLineAsync(
                "The server's address above is this machine's alone: for other machines, start it with --listen and an "
                    + "address of the network, and name that one."
            );
        }
    }
}
