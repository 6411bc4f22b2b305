using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Printing;
using Vireo.ApiServer.Protobuf;
using Vireo.ApiServer.Reading;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Storage;
using Vireo.Rules;

namespace Vireo.ApiServer.Writing;

/// <summary>Changes an object, whole (PUT) or by a patch, directly or through a subresource.</summary>
internal sealed class ChangeEndpoint(ResourceStore store, Reviewer reviewer, TimeProvider time)
{
    /// <summary>How often a change that names no version is made again when others were faster.</summary>
    private const int Attempts = 10;

    public async Task ReplaceAsync(ApiRequest request)
    {
        var body = await RequestBody.ReadObjectAsync(request.Http, ProtobufMessages.For(request.Kind));
        await ChangeAsync(request, _ => body.DeepClone().AsObject(), needsVersion: true);
    }

    public async Task PatchAsync(ApiRequest request)
    {
        var patch = await Patching.PatchBody.ReadAsync(request);
        await ChangeAsync(request, patch.Apply, needsVersion: false);
    }

    private async Task ChangeAsync(ApiRequest request, Func<JsonObject, JsonObject> change, bool needsVersion)
    {
        var form = Negotiation.Form(request.Http.Request, isList: false, time);
        var isTrial = DryRun.Asked(request.Http.Request.Query["dryRun"]);
        for (var attempt = 1; ; attempt++)
        {
            var stored =
                store.Find(request.Kind, request.Namespace, request.Name)
                ?? throw Refusals.NotFound(request.Kind, request.Name);
            var old = Draft.Of(request.Kind, Parse(stored));
            var changed = Draft.Of(request.Kind, change(old.Json));
            var pinned = CheckIdentity(request, changed, old, needsVersion);
            var result = UpdateRules.Confine(changed, old, request.Path.Subresource);
            SecretRules.Complete(result);
            var reviewed = reviewer.Review(request, result, stored, Faults(request, changed, old));
            try
            {
                var written = await WriteAsync(request, stored, result, reviewed.Object, isTrial);
                Answer.Warn(request.Http, reviewed.Warnings);
                await ObjectAnswer.WriteAsync(request, 200, written, form);
                return;
            }
            catch (StoreConflictException conflict)
            {
                if (conflict.Reason == StoreConflictReason.RevisionMismatch && (pinned || attempt == Attempts))
                {
                    throw Refusals.Modified(request.Kind, request.Name);
                }
            }
        }
    }

    private static JsonObject Parse(StoredObject stored) =>
        JsonNode.Parse(stored.Json.Span, null, new JsonDocumentOptions { MaxDepth = 200 })?.AsObject()
        ?? throw new InvalidOperationException($"The stored {stored.Kind.Kind} {stored.Name} is empty.");

    private static IEnumerable<FieldError> Faults(ApiRequest request, Draft changed, Draft old) =>
        request.Path.Subresource is null
            ? MetadataRules
                .Check(request.Kind, changed.Meta with { Name = request.Name })
                .Concat(MetadataRules.CheckChange(changed.Meta, old.Meta))
            : [];

    /// <summary>The change must be about this object, in the state the client knows.</summary>
    /// <returns>True when the client named the version its change is made for.</returns>
    private static bool CheckIdentity(ApiRequest request, Draft changed, Draft old, bool needsVersion)
    {
        if (changed.Meta.Name is { Length: > 0 } name && name != request.Name)
        {
            throw Refusals.BadRequest(
                $"the name of the object ({name}) does not match the name on the URL ({request.Name})"
            );
        }

        if (changed.Meta.Namespace is { Length: > 0 } ns && request.Kind.IsNamespaced && ns != request.Namespace)
        {
            throw Refusals.BadRequest(
                $"the namespace of the object ({ns}) does not match the namespace on the request ({request.Namespace})"
            );
        }

        changed.SetMeta("name", request.Name);
        changed.SetMeta("namespace", request.Namespace ?? changed.Meta.Namespace);
        if (changed.Meta.Uid is { Length: > 0 } uid && uid != old.Meta.Uid)
        {
            throw Refusals.Conflict(
                request.Kind,
                request.Name,
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {old.Meta.Uid}"
            );
        }

        var version = changed.Meta.ResourceVersion is { Length: > 0 } and not "0" ? changed.Meta.ResourceVersion : null;
        if (version is not null && version != old.Meta.ResourceVersion)
        {
            throw Refusals.Modified(request.Kind, request.Name);
        }

        // Kubernetes has the same split: its own kinds may be replaced blindly, custom resources and leases may not.
        if (version is null && needsVersion && request.Kind.Group.Contains('.', StringComparison.Ordinal))
        {
            throw Refusals.Invalid(
                request.Kind,
                request.Name,
                [
                    new StatusCause
                    {
                        Reason = nameof(FieldErrorReason.FieldValueInvalid),
                        Message = "Invalid value: 0: must be specified for an update",
                        Field = "metadata.resourceVersion",
                    },
                ]
            );
        }

        return version is not null && needsVersion;
    }

    private async Task<StoredObject> WriteAsync(
        ApiRequest request,
        StoredObject stored,
        Draft result,
        Encoded encoded,
        bool isTrial
    )
    {
        if (isTrial)
        {
            return stored with { Json = encoded.WithRevision(stored.Revision) };
        }

        var ends = Deletion.IsOver(result);
        if (!ends && Sameness.IsSame(stored, encoded))
        {
            return stored;
        }

        return await store.WriteAsync(
            new StoreWrite(
                ends ? StoreOperation.Delete : StoreOperation.Update,
                request.Kind,
                request.Namespace,
                request.Name,
                stored.Revision,
                encoded.Json,
                encoded.VersionOffset
            ),
            request.Aborted
        );
    }
}
