using System.CommandLine;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Output;
using Vireo.Rules;
using Vireo.Running;
using Vireo.Runtime;

namespace Vireo.Commands;

/// <summary>`vireo token list`: which tokens there are and what became of them.</summary>
internal static class TokenListCommand
{
    public static Command Create()
    {
        var output = CommandOptions.Output();
        var client = new ClientOptions();
        var command = new Command("list", "Lists the tokens, without what makes them work.") { output };
        command.Aliases.Add("ls");
        client.AddTo(command, hasNamespace: false);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    async cluster =>
                    {
                        var query = new ListQuery(
                            Namespace: JoinToken.Namespace,
                            FieldSelector: $"type={JoinToken.SecretType}"
                        );
                        var tokens = (await cluster.Client.ListAllAsync<Secret>(query, ct))
                            .Select(JoinToken.Of)
                            .OfType<JoinToken>()
                            .OrderBy(token => token.Expires)
                            .ToList();
                        if (tokens.Count == 0 && parse.GetValue(output) == OutputFormat.Table)
                        {
                            await Console.Error.WriteLineAsync(
                                "There are no tokens. Make one with 'vireo token create'."
                            );
                            return ExitCodes.Success;
                        }

                        TokenTable.Print(parse.GetValue(output), tokens, TimeProvider.System.GetUtcNow());
                        return ExitCodes.Success;
                    },
                    ct
                )
        );
        return command.WithExample("vireo token list -o json");
    }
}
