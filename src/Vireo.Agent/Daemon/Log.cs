using Microsoft.Extensions.Logging;

namespace Vireo.Agent;

/// <summary>What the agent logs about its private daemon.</summary>
internal static partial class DaemonLog
{
    [LoggerMessage(3201, LogLevel.Information, "Started a private libvirt daemon in {Folder}.")]
    public static partial void PrivateDaemonStarted(this ILogger logger, string folder);

    [LoggerMessage(3202, LogLevel.Information, "Stopped the private libvirt daemon in {Folder}.")]
    public static partial void PrivateDaemonStopped(this ILogger logger, string folder);
}
