using Microsoft.Extensions.Logging;

namespace Vireo.ApiServer.Auditing;

/// <summary>What the audit log tells the log.</summary>
internal static partial class Log
{
    [LoggerMessage(2401, LogLevel.Error, "The audit log cannot be written; lines are lost until it can.")]
    public static partial void AuditNotWritten(ILogger logger, Exception fault);
}
