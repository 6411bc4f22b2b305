using Microsoft.Extensions.Logging;

namespace Vireo.ApiServer.Storage;

internal static partial class Log
{
    [LoggerMessage(
        EventId = 2101,
        Level = LogLevel.Information,
        Message = "Opened the state in {Path}: {Objects} objects at revision {Revision}, in {Milliseconds} ms."
    )]
    public static partial void Opened(ILogger logger, string path, int objects, long revision, long milliseconds);

    [LoggerMessage(
        EventId = 2102,
        Level = LogLevel.Warning,
        Message = "{Rows} rows of the state are of kinds that this version does not serve. They are kept."
    )]
    public static partial void UnknownKinds(ILogger logger, int rows);

    [LoggerMessage(EventId = 2103, Level = LogLevel.Error, Message = "{Writes} writes were not stored: {Problem}")]
    public static partial void NotStored(ILogger logger, int writes, string problem);

    [LoggerMessage(
        EventId = 2104,
        Level = LogLevel.Warning,
        Message = "Old revisions were not removed and will be later: {Problem}"
    )]
    public static partial void NotTidied(ILogger logger, string problem);

    [LoggerMessage(
        EventId = 2105,
        Level = LogLevel.Information,
        Message = "Brought the state in {Path} from schema {From} to {To}; as it was it is kept in {Kept}."
    )]
    public static partial void Upgraded(ILogger logger, string path, int from, int to, string kept);
}
