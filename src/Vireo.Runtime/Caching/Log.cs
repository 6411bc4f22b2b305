using Microsoft.Extensions.Logging;

namespace Vireo.Runtime;

/// <summary>What the informers log.</summary>
internal static partial class CachingLog
{
    [LoggerMessage(1101, LogLevel.Warning, "Cannot follow {Kind}: {Reason}: {Message} Next try in {Pause}")]
    public static partial void CannotFollow(ILogger logger, string kind, Reason reason, string message, TimeSpan pause);

    [LoggerMessage(1102, LogLevel.Error, "Cannot follow {Kind} for a reason that nobody expected. Next try in {Pause}")]
    public static partial void FollowThrew(ILogger logger, Exception exception, string kind, TimeSpan pause);

    [LoggerMessage(1103, LogLevel.Error, "A handler of changes to {Kind} failed for {Key}")]
    public static partial void HandlerThrew(ILogger logger, Exception exception, string kind, ResourceKey key);
}
