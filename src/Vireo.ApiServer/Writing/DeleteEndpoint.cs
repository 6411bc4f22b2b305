using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Printing;
using Vireo.ApiServer.Protobuf;
using Vireo.ApiServer.Reading;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Writing;

/// <summary>Deletes objects: one, or all that are selected.</summary>
internal sealed class DeleteEndpoint(ResourceStore store, TimeProvider time)
{
    public async Task DeleteAsync(ApiRequest request)
    {
        var form = Negotiation.Form(request.Http.Request, isList: false, time);
        var options = await OptionsAsync(request);
        var (last, isGone) = await DeleteAsync(request, request.Namespace, request.Name, options);
        if (isGone)
        {
            await Answer.StatusAsync(request.Http, Gone(last));
        }
        else
        {
            await ObjectAnswer.WriteAsync(request, 200, last, form);
        }
    }

    public async Task DeleteCollectionAsync(ApiRequest request)
    {
        if (ReferenceEquals(request.Kind, ResourceKinds.Namespaces))
        {
            // As in Kubernetes: nobody takes away all of a cluster by one call.
            throw Refusals.MethodNotAllowed();
        }

        var options = await OptionsAsync(request);
        var selection = Selection.Of(request);
        var list = store.List(request.Kind, request.Namespace);
        var deleted = new List<StoredObject>();
        foreach (var item in list.Items.Where(selection.Matches))
        {
            try
            {
                deleted.Add((await DeleteAsync(request, item.Namespace, item.Name, options)).Last);
            }
            catch (StatusException refusal) when (refusal.Status.Code == 404)
            {
                // Somebody else was faster, which is as good.
            }
        }

        var body = new ArrayBufferWriter<byte>();
        WholeForm.Instance.WriteList(body, request.Kind, new ListHead(store.Revision, null, null), deleted);
        await Answer.BytesAsync(request.Http, 200, body.WrittenMemory);
    }

    /// <summary>Deletes one object, or marks it for deletion when something holds it.</summary>
    /// <returns>Its last state, and whether it is gone.</returns>
    /// <exception cref="StatusException">There is none, or it is not the one that the options mean.</exception>
    public async Task<(StoredObject Last, bool IsGone)> DeleteAsync(
        ApiRequest request,
        string? ns,
        string name,
        DeleteOptions options
    )
    {
        if (ReferenceEquals(request.Kind, ResourceKinds.Namespaces))
        {
            NamespaceRules.RefuseLasting(name);
        }

        while (true)
        {
            var stored = store.Find(request.Kind, ns, name) ?? throw Refusals.NotFound(request.Kind, name);
            var deep = new JsonDocumentOptions { MaxDepth = 200 };
            var draft = Draft.Of(request.Kind, JsonNode.Parse(stored.Json.Span, null, deep)!.AsObject());
            Deletion.CheckPreconditions(draft, name, options.Preconditions);
            var stays = Deletion.Mark(draft, options, time.GetUtcNow());
            var encoded = draft.Encode().With(FieldTracker.Kept(draft.Managed));
            if (options.DryRun is { Count: > 0 } || (stays && Sameness.IsSame(stored, encoded)))
            {
                return (stored with { Json = encoded.WithRevision(stored.Revision) }, !stays);
            }

            try
            {
                var operation = stays ? StoreOperation.Update : StoreOperation.Delete;
                var (json, offset, _) = encoded;
                var write = new StoreWrite(operation, request.Kind, ns, name, stored.Revision, json, offset);
                return (await store.WriteAsync(write, request.Aborted), !stays);
            }
            catch (StoreConflictException conflict)
            {
                NamespaceRules.RefuseIfNotEmpty(request.Kind, name, conflict.Reason);
                // The object changed meanwhile: look at it again, preconditions included.
                request.Aborted.ThrowIfCancellationRequested();
            }
        }
    }

    private static async Task<DeleteOptions> OptionsAsync(ApiRequest request)
    {
        var options = await ReadAsync(request);
        WriteOptionRules.Check(options);
        return options;
    }

    private static async Task<DeleteOptions> ReadAsync(ApiRequest request)
    {
        if (await RequestBody.ReadOptionalAsync(request.Http, ProtobufMessages.DeleteOptions) is { } body)
        {
            try
            {
                return body.Deserialize(ApiJson.Default.DeleteOptions) ?? new DeleteOptions();
            }
            catch (JsonException wrong)
            {
                throw Refusals.BadRequest($"the body of the request is not DeleteOptions: {wrong.Message}");
            }
        }

        return new DeleteOptions
        {
            PropagationPolicy = request.Query("propagationPolicy"),
            GracePeriodSeconds = request.Query("gracePeriodSeconds") is { } text
                ? long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
                    ? seconds
                    : throw Refusals.BadRequest($"gracePeriodSeconds: \"{text}\" is not a whole number of seconds")
                : null,
            OrphanDependents = request.Query("orphanDependents") is null ? null : request.Flag("orphanDependents"),
            DryRun = [.. request.Http.Request.Query["dryRun"].OfType<string>()],
        };
    }

    private static Status Gone(StoredObject last) =>
        new()
        {
            Outcome = "Success",
            Code = 200,
            Details = new StatusDetails
            {
                Name = last.Name,
                Group = last.Kind.Group.Length == 0 ? null : last.Kind.Group,
                Kind = last.Kind.Plural,
                Uid = StoredFields.Text(last.Json.Span, "metadata", "uid"),
            },
        };
}
