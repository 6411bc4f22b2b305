using System.Globalization;
using System.Text;
using Vireo.ApiServer.Answers;

namespace Vireo.ApiServer.Reading;

/// <summary>Where the next page of a list begins, as it is given to the client and comes back from it.</summary>
/// <param name="Revision">The revision whose objects all pages show.</param>
/// <param name="Start">How many objects of that revision went before.</param>
internal sealed record ContinueToken(long Revision, int Start)
{
    /// <summary>Reads a token that a client sent.</summary>
    /// <exception cref="StatusException">BadRequest: it is none of ours.</exception>
    public static ContinueToken Parse(string text)
    {
        var bytes = new byte[text.Length];
        var parts = Convert.TryFromBase64String(text, bytes, out var length)
            ? Encoding.ASCII.GetString(bytes, 0, length).Split(':')
            : [];
        return
            parts is ["v1", var revision, var start]
            && long.TryParse(revision, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && int.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? new(at, index)
            : throw Refusals.BadRequest("continue key is not valid: use the value that the last page gave");
    }

    public override string ToString() =>
        Convert.ToBase64String(
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"v1:{Revision}:{Start}"))
        );
}
