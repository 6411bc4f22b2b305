using Microsoft.Extensions.Logging;

namespace Vireo.ApiServer.Security;

/// <summary>What access to the server tells the log.</summary>
internal static partial class Log
{
    [LoggerMessage(2301, LogLevel.Information, "Host {Host} joined with token {Token}.")]
    public static partial void HostJoined(ILogger logger, string host, string token);
}
