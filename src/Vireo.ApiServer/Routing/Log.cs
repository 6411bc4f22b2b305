using Microsoft.Extensions.Logging;

namespace Vireo.ApiServer.Routing;

/// <summary>What routing tells the log.</summary>
internal static partial class Log
{
    [LoggerMessage(2002, LogLevel.Error, "{Method} {Path} failed by the store.")]
    public static partial void NotStored(ILogger logger, Exception fault, string method, string path);

    [LoggerMessage(2001, LogLevel.Error, "{Method} {Path} failed by a fault of the server.")]
    public static partial void RequestFailed(ILogger logger, Exception fault, string method, string path);
}
