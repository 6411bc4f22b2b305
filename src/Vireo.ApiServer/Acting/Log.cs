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
}
