using Microsoft.Extensions.Logging;

namespace Vireo.Runtime;

/// <summary>What the controllers log.</summary>
internal static partial class ReconcilingLog
{
    [LoggerMessage(1001, LogLevel.Warning, "{Controller}: {Key}: {Reason}: {Message}")]
    public static partial void PassFailed(
        ILogger logger,
        string controller,
        ResourceKey key,
        string reason,
        string message
    );

    [LoggerMessage(1002, LogLevel.Information, "{Controller}: {Key} is blocked: {Reason}: {Message}")]
    public static partial void PassBlocked(
        ILogger logger,
        string controller,
        ResourceKey key,
        string reason,
        string message
    );

    [LoggerMessage(1003, LogLevel.Error, "{Controller}: {Key}: a pass ended in an exception that nobody expected")]
    public static partial void PassThrew(ILogger logger, Exception exception, string controller, ResourceKey key);
}
