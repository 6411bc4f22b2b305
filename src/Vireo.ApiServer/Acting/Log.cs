using Microsoft.Extensions.Logging;

namespace Vireo.ApiServer.Acting;

/// <summary>What actions and streams tell the log.</summary>
internal static partial class Log
{
    [LoggerMessage(2101, LogLevel.Information, "The {Action} of {Namespace}/{Name} on host {Host} broke off: {Why}.")]
    public static partial void StreamBroke(
        ILogger logger,
        string action,
        string @namespace,
        string name,
        string host,
        string? why
    );

    [LoggerMessage(2102, LogLevel.Warning, "The event {Reason} of {Namespace}/{Name} cannot be told: {Why}.")]
    public static partial void NotTold(ILogger logger, string reason, string? @namespace, string? name, string why);
}
