using System.Text.Json.Nodes;
using Vireo.ApiServer.OpenApi;

namespace Vireo.ApiServer.Applying;

/// <summary>Keeps who owns what over writes that are not server-side apply. Pure.</summary>
internal static class Tracking
{
    /// <summary>Who owns what after a write; the same as before when the write changes nothing.</summary>
    /// <param name="managed">Who owned what before.</param>
    /// <param name="old">The object before; null when it was made.</param>
    /// <param name="now">The object after.</param>
    /// <param name="schema">The shape of both.</param>
    /// <param name="write">Who wrote.</param>
    public static ManagedFields Update(
        ManagedFields managed,
        JsonObject? old,
        JsonObject now,
        SchemaNode schema,
        Write write
    )
    {
        // Objects that are not tracked stay so until somebody applies them: what was before is nobody's.
        if (managed.IsEmpty && old is not null)
        {
            return managed;
        }

        var (changed, removed) = FieldSets.Compare(old, now, schema);
        if (changed.IsEmpty && removed.IsEmpty)
        {
            return managed;
        }

        var rest = managed.Without(changed.Union(removed));
        var taken = write.IsSystem ? changed.Without("f:status") : changed;
        if (taken.IsEmpty)
        {
            return rest;
        }

        var own = rest.Of(write.Manager)?.Fields ?? FieldSet.Empty;
        return rest.With(new Owned(write.Manager, own.Union(taken), write.Time)).Capped();
    }
}

/// <summary>One write.</summary>
/// <param name="Manager">Who writes.</param>
/// <param name="Time">When, as objects bear it.</param>
/// <param name="IsSystem">
/// True for Vireo's own parts: what they report in the status is theirs without a word, which keeps objects small.
/// </param>
internal sealed record Write(FieldOwner Manager, string Time, bool IsSystem);
