using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>What the agent logs about instances.</summary>
internal static partial class InstanceLog
{
    [LoggerMessage(3001, LogLevel.Information, "{Instance} runs with machine type {MachineType}.")]
    public static partial void GuestRuns(this ILogger logger, ResourceKey instance, string machineType);

    [LoggerMessage(3002, LogLevel.Information, "{Instance} has ended: {Phase}.")]
    public static partial void GuestEnded(this ILogger logger, ResourceKey instance, VirtualMachineInstancePhase phase);

    [LoggerMessage(3005, LogLevel.Information, "{Instance} has rebooted: {Source}.")]
    public static partial void GuestRebooted(this ILogger logger, ResourceKey instance, RebootSource source);

    [LoggerMessage(3006, LogLevel.Information, "{Instance} is changed while it runs: {News}")]
    public static partial void GuestPlugged(this ILogger logger, ResourceKey instance, string news);

    [LoggerMessage(3003, LogLevel.Warning, "{Instance} is not as wanted: {Reason}: {Message}")]
    public static partial void GuestTroubled(this ILogger logger, ResourceKey instance, string reason, string message);

    [LoggerMessage(3004, LogLevel.Warning, "The domain of {Instance} (uid {Uid}) has no instance; it is shut down.")]
    public static partial void OrphanFound(this ILogger logger, ResourceKey instance, string uid);
}
