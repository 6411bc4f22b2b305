using System.CommandLine;

namespace Vireo.Commands;

/// <summary>`vireo token`: one-time tokens by which hosts join.</summary>
internal static class TokenCommand
{
    public static Command Create() =>
        new Command("token", "One-time tokens by which hosts join the cluster.")
        {
            TokenCreateCommand.Create(),
            TokenListCommand.Create(),
            TokenDeleteCommand.Create(),
        }.WithExample("vireo token create\nvireo token list\nvireo token delete k3m9xq");
}
