using Microsoft.Extensions.Logging;

namespace Vireo.Agent;

/// <summary>What the agent logs about consoles.</summary>
internal static partial class ConsoleMessages
{
    [LoggerMessage(3501, LogLevel.Warning, "The console log of guest {Uid} grows and cannot be cut: {Why}")]
    public static partial void ConsoleLogNotCut(this ILogger logger, string uid, string why);
}
