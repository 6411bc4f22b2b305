using Microsoft.Extensions.Logging;

namespace Vireo.Agent;

/// <summary>What the agent logs about libvirt.</summary>
internal static partial class LibvirtLog
{
    [LoggerMessage(3101, LogLevel.Information, "Connected to libvirt at {Uri}.")]
    public static partial void LibvirtConnected(this ILogger logger, string uri);

    [LoggerMessage(3102, LogLevel.Error, "No guest can be started or stopped: {Why}")]
    public static partial void LibvirtLost(this ILogger logger, string why);

    [LoggerMessage(3103, LogLevel.Warning, "Guests get no network: {Why}")]
    public static partial void NetworkMissing(this ILogger logger, string why);
}
