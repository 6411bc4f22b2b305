using Microsoft.Extensions.Logging;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>What the agent logs about saved disks.</summary>
internal static partial class ShelfLog
{
    [LoggerMessage(3701, LogLevel.Information, "The saved disks of {Machine} were copied from {Image} to {Target}.")]
    public static partial void ImagePushed(this ILogger logger, ResourceKey machine, string image, string target);

    [LoggerMessage(3702, LogLevel.Information, "{Machine} does not need {Image} any more: it was removed.")]
    public static partial void ImageRemoved(this ILogger logger, ResourceKey machine, string image);
}
