using System.CommandLine;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>`vireo token delete`: a token that was not used cannot be any more.</summary>
internal static class TokenDeleteCommand
{
    public static Command Create()
    {
        var ids = new Argument<string[]>("token")
        {
            Description = "The tokens: their ids, or whole.",
            Arity = ArgumentArity.OneOrMore,
        };
        var client = new ClientOptions();
        var command = new Command("delete", "Deletes tokens. Hosts that joined by them stay.") { ids };
        command.Aliases.Add("rm");
        client.AddTo(command, hasNamespace: false);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    async cluster =>
                    {
                        var code = ExitCodes.Success;
                        foreach (var id in parse.GetValue(ids)!.Select(typed => typed.Split('.')[0]))
                        {
                            var key = new Runtime.ResourceKey(JoinToken.Namespace, JoinToken.NameOf(id));
                            if (await cluster.Client.DeleteAsync<Secret>(key, null, ct))
                            {
                                await Console.Out.WriteLineAsync($"Token {id} deleted");
                                continue;
                            }

                            await Console.Error.WriteLineAsync(
                                $"vireo: there is no token {id}. See 'vireo token list'."
                            );
                            code = ExitCodes.Failure;
                        }

                        return code;
                    },
                    ct
                )
        );
        return command.WithExample("vireo token delete k3m9xq");
    }
}
