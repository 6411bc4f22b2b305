using Microsoft.Extensions.Logging;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>What the agent logs about moves.</summary>
internal static partial class MoveLog
{
    [LoggerMessage(3701, LogLevel.Warning, "The channel {Path} of a guest that moves broke: {Why}")]
    public static partial void ChannelBroke(this ILogger logger, string path, string why);

    [LoggerMessage(3702, LogLevel.Warning, "The console log of {Instance} stays on its old host: {Why}")]
    public static partial void ConsoleNotSent(this ILogger logger, ResourceKey instance, string why);

    [LoggerMessage(3703, LogLevel.Error, "The move of {Instance} failed.")]
    public static partial void MoveBroke(this ILogger logger, ResourceKey instance, Exception error);

    [LoggerMessage(3704, LogLevel.Information, "{Instance} moves to {Target}.")]
    public static partial void GuestMoves(this ILogger logger, ResourceKey instance, string target);

    [LoggerMessage(3705, LogLevel.Information, "{Instance} has moved to {Target}.")]
    public static partial void GuestMoved(this ILogger logger, ResourceKey instance, string target);

    [LoggerMessage(3706, LogLevel.Warning, "{Instance} did not move: {Why}")]
    public static partial void GuestStayed(this ILogger logger, ResourceKey instance, string why);

    [LoggerMessage(
        3707,
        LogLevel.Warning,
        "{Instance} was sent whole, and then host {Target} was lost: it stands still until that host says whether it "
            + "runs there."
    )]
    public static partial void PeerLost(this ILogger logger, ResourceKey instance, string target);
}
