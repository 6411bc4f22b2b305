using Microsoft.Extensions.Logging;

namespace Vireo.Agent;

/// <summary>What the agent logs about its place in the cluster.</summary>
internal static partial class JoinLog
{
    [LoggerMessage(3501, LogLevel.Information, "Host {Host} has a new certificate, until {Ends}.")]
    public static partial void CertificateRenewed(this ILogger logger, string host, DateTimeOffset ends);

    [LoggerMessage(3502, LogLevel.Warning, "Host {Host} got no new certificate; the one it has ends {Ends}: {Why}")]
    public static partial void RenewalFailed(this ILogger logger, string host, DateTimeOffset ends, string why);
}
