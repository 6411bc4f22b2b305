using Microsoft.Extensions.Logging;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>What the agent logs about frozen guests.</summary>
internal static partial class FreezeMessages
{
    [LoggerMessage(3601, LogLevel.Warning, "{Instance} was not thawed in time; its file systems go on now.")]
    public static partial void GuestThawed(this ILogger logger, ResourceKey instance);

    [LoggerMessage(3602, LogLevel.Warning, "The file systems of {Instance} are due to go on but do not yet: {Why}")]
    public static partial void GuestNotThawed(this ILogger logger, ResourceKey instance, string why);
}
