using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.Patching;
using Vireo.ApiServer.Storage;
using Vireo.ApiServer.Writing;

namespace Vireo.ApiServer.Acting;

/// <summary>Writes what an action made of an object: spec and status together, reviewed like every write.</summary>
internal sealed class SystemWriter(ResourceStore store, Reviewer reviewer, TimeProvider time)
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 200 };

    /// <summary>Writes the object as it is to be, over the state that it was made from and no other.</summary>
    /// <param name="request">The request that is carried out.</param>
    /// <param name="found">The object as it is.</param>
    /// <param name="wanted">The object as it is to be.</param>
    /// <param name="isTrial">True to review it only.</param>
    /// <exception cref="StoreConflictException">It changed meanwhile: decide again.</exception>
    public async Task WriteAsync<T>(SubresourceRequest request, Found<T> found, T wanted, bool isTrial)
        where T : class, IResource
    {
        var (stored, kind) = (found.Stored, ResourceKinds.Of<T>());
        var own = request.Own(kind, stored.Name);
        var old = Draft.Of(kind, Parse(stored));
        var changed = Draft.Of(kind, Parse(stored));
        // Only what differs is touched: nothing that our types hold in another form is written anew.
        MergePatch.Apply(changed.Json, Difference.Between(Tree(found.Object, kind), Tree(wanted, kind)));
        UpdateRules.Count(changed, old);
        var reviewed = reviewer.Review(own, changed, stored, []);
        var managed = FieldTracker.Changed(own, changed, old, changed, time.GetUtcNow());
        var encoded = reviewed.Object.With(managed);
        if (isTrial || Sameness.IsSame(stored, encoded))
        {
            return;
        }

        var (json, offset, _) = encoded;
        await store.WriteAsync(
            new StoreWrite(StoreOperation.Update, kind, stored.Namespace, stored.Name, stored.Revision, json, offset),
            request.Aborted
        );
    }

    private static JsonObject Parse(StoredObject stored) => JsonNode.Parse(stored.Json.Span, null, Deep)!.AsObject();

    private static JsonObject Tree<T>(T resource, ResourceKind<T> kind)
        where T : class, IResource => JsonSerializer.SerializeToNode(resource, kind.JsonType)!.AsObject();
}
