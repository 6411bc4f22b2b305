using Microsoft.Extensions.Logging;
using Vireo.Runtime;

namespace Vireo.Controllers;

internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "{Machine}: instance {Uid} created")]
    public static partial void InstanceCreated(this ILogger logger, ResourceKey machine, string? uid);

    [LoggerMessage(1002, LogLevel.Information, "{Machine}: instance {Uid} deleted")]
    public static partial void InstanceDeleted(this ILogger logger, ResourceKey machine, string uid);

    [LoggerMessage(1003, LogLevel.Information, "{Instance}: placed on {Host}")]
    public static partial void InstancePlaced(this ILogger logger, ResourceKey instance, string host);

    [LoggerMessage(1004, LogLevel.Information, "{Resource} {Name}: removed, its owners are gone")]
    public static partial void GarbageRemoved(this ILogger logger, string resource, ResourceKey name);

    [LoggerMessage(1005, LogLevel.Information, "Namespace {Name}: removed with all it held")]
    public static partial void NamespaceRemoved(this ILogger logger, string name);

    [LoggerMessage(1006, LogLevel.Warning, "Host {Name}: its agent has not reported since {Since}")]
    public static partial void HostLost(this ILogger logger, string name, DateTimeOffset? since);

    [LoggerMessage(1007, LogLevel.Information, "{Machine}: machine type {Type} recorded, from {Source}")]
    public static partial void MachineTypeAdopted(
        this ILogger logger,
        ResourceKey machine,
        string? type,
        string? source
    );

    [LoggerMessage(1011, LogLevel.Information, "{Instance}: to move from {Source} to {Target}")]
    public static partial void MigrationAssigned(
        this ILogger logger,
        ResourceKey instance,
        string? source,
        string? target
    );

    [LoggerMessage(1012, LogLevel.Information, "Migration {Name}: {Phase}: {Message}")]
    public static partial void MigrationPhase(this ILogger logger, ResourceKey name, string phase, string message);

    [LoggerMessage(1010, LogLevel.Information, "Transition {Name}: {Phase}: {Message}")]
    public static partial void TransitionPhase(this ILogger logger, string name, string phase, string message);
}
