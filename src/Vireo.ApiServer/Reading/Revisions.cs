using System.Globalization;
using Vireo.Api;
using Vireo.ApiServer.Answers;

namespace Vireo.ApiServer.Reading;

/// <summary>Reads resourceVersions that clients send.</summary>
internal static class Revisions
{
    public static long Parse(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            ? revision
            : throw Refusals.BadRequest($"Invalid value: \"{text}\": resourceVersion is not one this server gave out");

    /// <summary>A client that knows of a revision this store never had has spoken to another store.</summary>
    public static void RefuseFuture(long revision, long newest)
    {
        if (revision > newest)
        {
            throw new StatusException(
                new Status
                {
                    Outcome = "Failure",
                    Code = 504,
                    Reason = "Timeout",
                    Message = $"Too large resource version: {revision}, current: {newest}",
                    Details = new StatusDetails
                    {
                        Causes =
                        [
                            new StatusCause
                            {
                                Reason = "ResourceVersionTooLarge",
                                Message = "Too large resource version",
                            },
                        ],
                        RetryAfterSeconds = 1,
                    },
                }
            );
        }
    }
}
