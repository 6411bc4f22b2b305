using Microsoft.Extensions.Logging;

namespace Vireo.Agent;

/// <summary>What the agent logs about its host.</summary>
internal static partial class HostLog
{
    [LoggerMessage(3301, LogLevel.Warning, "Host {Host} cannot tell the API how it is: {Why}")]
    public static partial void RegistrationFailed(this ILogger logger, string host, string why);

    [LoggerMessage(3302, LogLevel.Information, "Host {Host} took over {Guests} running guests.")]
    public static partial void TookOver(this ILogger logger, string host, int guests);

    [LoggerMessage(3303, LogLevel.Warning, "The hypervisor did not answer while its guests were looked for: {Why}")]
    public static partial void LookFailed(this ILogger logger, string why);
}
