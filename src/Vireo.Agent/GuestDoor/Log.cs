using Microsoft.Extensions.Logging;

namespace Vireo.Agent;

/// <summary>What the agent logs about requests.</summary>
internal static partial class DoorMessages
{
    [LoggerMessage(3401, LogLevel.Error, "The request {Path} failed.")]
    public static partial void RequestFailed(this ILogger logger, string path, Exception error);
}
