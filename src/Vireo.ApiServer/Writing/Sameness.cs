using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Writing;

/// <summary>Tells writes that change nothing: they get no revision and wake no watcher.</summary>
internal static class Sameness
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 200 };

    public static bool IsSame(StoredObject stored, Encoded encoded)
    {
        // Both are written by the same encoder, so the same content has the same length.
        var now = encoded.WithRevision(stored.Revision);
        var old = stored.Json.Span;
        return now.Length == old.Length
            && (
                old.SequenceEqual(now)
                || Sum(old) == Sum(now)
                    && JsonNode.DeepEquals(JsonNode.Parse(old, null, Deep), JsonNode.Parse(now, null, Deep))
            );
    }

    /// <summary>Differs between most contents, and never between two orders of the same fields.</summary>
    private static long Sum(ReadOnlySpan<byte> json)
    {
        var sum = 0L;
        foreach (var part in json)
        {
            sum += part;
        }

        return sum;
    }
}
