using Microsoft.Extensions.Logging;

namespace Vireo.ApiServer.Security;

/// <summary>What access to the server tells the log.</summary>
internal static partial class Log
{
    [LoggerMessage(2302, LogLevel.Information, "The certificate of {Whom} was renewed; it holds until {Until}.")]
    public static partial void CertificateRenewed(ILogger logger, string whom, DateTime until);

    [LoggerMessage(2303, LogLevel.Warning, "A certificate could not be renewed; it is tried again.")]
    public static partial void CertificateNotRenewed(ILogger logger, Exception fault);

    [LoggerMessage(2301, LogLevel.Information, "Host {Host} joined with token {Token}.")]
    public static partial void HostJoined(ILogger logger, string host, string token);
}
