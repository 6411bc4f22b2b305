using Microsoft.Extensions.Logging;

namespace Vireo.Runtime;

/// <summary>What elections log.</summary>
internal static partial class ElectionLog
{
    [LoggerMessage(1201, LogLevel.Information, "{Identity} leads by lease {Lease}")]
    public static partial void Leads(ILogger logger, string identity, ResourceKey lease);

    [LoggerMessage(1202, LogLevel.Warning, "{Identity} no longer leads: lease {Lease} could not be renewed in time")]
    public static partial void Lost(ILogger logger, string identity, ResourceKey lease);

    [LoggerMessage(1203, LogLevel.Information, "{Identity} gave lease {Lease} up")]
    public static partial void GaveUp(ILogger logger, string identity, ResourceKey lease);

    [LoggerMessage(1204, LogLevel.Warning, "Lease {Lease} cannot be read or written: {Reason}: {Message}")]
    public static partial void CannotReach(ILogger logger, ResourceKey lease, Reason reason, string message);

    [LoggerMessage(1205, LogLevel.Error, "What {Identity} did as the leader failed; lease {Lease} is given up")]
    public static partial void LeadingThrew(ILogger logger, Exception exception, string identity, ResourceKey lease);
}
