using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Patching;
using Vireo.ApiServer.Printing;
using Vireo.ApiServer.Protobuf;
using Vireo.ApiServer.Reading;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Storage;
using Vireo.Rules;

namespace Vireo.ApiServer.Writing;

/// <summary>Changes an object, whole (PUT) or by a patch, directly or through a subresource.</summary>
/// <param name="store">The objects.</param>
/// <param name="reviewer">Says whether a change may be.</param>
/// <param name="create">Makes what is applied and is not there yet.</param>
/// <param name="mayCreate">Refuses a caller who may change objects but not make any.</param>
/// <param name="time">The time.</param>
internal sealed class ChangeEndpoint(
    ResourceStore store,
    Reviewer reviewer,
    CreateEndpoint create,
    Action<ApiRequest> mayCreate,
    TimeProvider time
)
{
    /// <summary>How often a change that names no version is made again when others were faster.</summary>
    private const int Attempts = 10;

    public async Task ReplaceAsync(ApiRequest request)
    {
        var body = await RequestBody.ReadObjectAsync(request.Http, ProtobufMessages.For(request.Kind));
        await ChangeAsync(request, _ => new(body.DeepClone().AsObject()), needsVersion: true);
    }

    public async Task PatchAsync(ApiRequest request)
    {
        if (RequestBody.MediaType(request.Http.Request) == PatchBody.ApplyType)
        {
            await ApplyAsync(request);
            return;
        }

        var patch = await PatchBody.ReadAsync(request);
        await ChangeAsync(
            request,
            live => new(patch.Apply(live), IsStoredButMetadata: patch.IsOfMetadata(request.Kind)),
            needsVersion: false
        );
    }

    private async Task ApplyAsync(ApiRequest request)
    {
        var apply = await ApplyRequest.ReadAsync(request, time.GetUtcNow());
        Answer.Warn(request.Http, apply.Warnings);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (store.Find(request.Kind, request.Namespace, request.Name) is null)
                {
                    await MakeAsync(request, apply);
                }
                else
                {
                    await ChangeAsync(request, apply.To, needsVersion: false);
                }

                return;
            }
            catch (StatusException raced)
                when (raced.Status.Reason is "AlreadyExists" or "NotFound"
                    && attempt < Attempts
                    && IsRace(request, raced)
                )
            {
                // Somebody made it or took it away meanwhile: look at it again.
            }
        }
    }

    /// <summary>True when what a refusal says of the object is no longer so.</summary>
    private bool IsRace(ApiRequest request, StatusException refusal) =>
        request.Path.Subresource is null
        && refusal.Status.Details?.Name == request.Name
        && store.Find(request.Kind, request.Namespace, request.Name) is null == refusal.Status.Reason is "NotFound";

    /// <summary>Makes the object that is applied.</summary>
    private async Task MakeAsync(ApiRequest request, ApplyRequest apply)
    {
        if (request.Path.Subresource is not null)
        {
            throw Refusals.NotFound(request.Kind, request.Name);
        }

        mayCreate(request);
        var form = Negotiation.Form(request.Http.Request, isList: false, time);
        var draft = apply.Draft;
        CheckNames(request, draft);
        if (draft.Meta is { Uid.Length: > 0 } or { ResourceVersion: { Length: > 0 } and not "0" })
        {
            throw Refusals.Conflict(
                request.Kind,
                request.Name,
                "there is no such object, but its uid or resourceVersion is named in what is applied"
            );
        }

        var named = Draft.Of(request.Kind, draft.Json);
        var (stored, warnings) = await create.MakeAsync(request, named, request.IsTrial, apply.Owners);
        Answer.Warn(request.Http, warnings);
        await ObjectAnswer.WriteAsync(request, 201, stored, form);
    }

    private async Task ChangeAsync(ApiRequest request, Func<JsonObject, Wanted> change, bool needsVersion)
    {
        var form = Negotiation.Form(request.Http.Request, isList: false, time);
        for (var attempt = 1; ; attempt++)
        {
            var stored =
                store.Find(request.Kind, request.Namespace, request.Name)
                ?? throw Refusals.NotFound(request.Kind, request.Name);
            var tree = Parse(stored);
            var wanted = change(tree);
            var old = Draft.Of(request.Kind, tree);
            var changed = Draft.Of(request.Kind, wanted.Json, wanted.IsStoredButMetadata);
            var pinned = CheckIdentity(request, changed, old, needsVersion);
            var result = UpdateRules.Confine(changed, old, request.Path.Subresource);
            SecretRules.Complete(result);
            var reviewed = reviewer.Review(request, result, stored, Faults(request, changed, old));
            var managed = wanted.Owners is { } owners
                ? owners.Written()
                : FieldTracker.Changed(request, changed, old, result, time.GetUtcNow());
            try
            {
                var written = await WriteAsync(request, stored, result, reviewed.Object.With(managed));
                Answer.Warn(request.Http, reviewed.Warnings);
                await ObjectAnswer.WriteAsync(request, 200, written, form);
                return;
            }
            catch (StoreConflictException conflict)
            {
                NamespaceRules.RefuseIfNotEmpty(request.Kind, request.Name, conflict.Reason);
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
                .Concat(MetadataRules.ManagedFields(changed.Managed))
            : [];

    /// <summary>The change must be about this object, in the state the client knows.</summary>
    /// <returns>True when the client named the version its change is made for.</returns>
    private static bool CheckIdentity(ApiRequest request, Draft changed, Draft old, bool needsVersion)
    {
        CheckNames(request, changed);
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

    /// <summary>The object has to be the one that the path names.</summary>
    private static void CheckNames(ApiRequest request, Draft changed)
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
    }

    private async Task<StoredObject> WriteAsync(ApiRequest request, StoredObject stored, Draft result, Encoded encoded)
    {
        RequestBody.CheckSize(encoded);
        if (request.IsTrial)
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
