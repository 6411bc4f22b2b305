using System.Text.Json.Nodes;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Applying;
using Vireo.ApiServer.OpenApi;
using Vireo.ApiServer.Routing;
using Vireo.Rules;

namespace Vireo.ApiServer.Writing;

/// <summary>What a client applies by server-side apply, and as whom.</summary>
internal sealed class ApplyRequest
{
    private readonly ApiRequest _request;
    private readonly JsonObject _applied;
    private readonly Write _write;

    private ApplyRequest(ApiRequest request, JsonObject applied, Write write, IReadOnlyList<string> warnings) =>
        (_request, _applied, _write, Warnings) = (request, applied, write, warnings);

    /// <summary>What the client should know of what it applies.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Who owns what of an object that is made by this.</summary>
    public ManagedFields Owners => ServerSideApply.Create(_applied, Schema, _write);

    /// <summary>The object that this makes where there is none.</summary>
    public Draft Draft => Draft.Of(_request.Kind, _applied.DeepClone().AsObject());

    private SchemaNode Schema => StructuralSchema.For(_request.Kind);

    /// <summary>Reads and checks what is applied.</summary>
    /// <exception cref="StatusException">It is no object of the kind, or somebody's name is missing.</exception>
    public static async Task<ApplyRequest> ReadAsync(ApiRequest request, DateTimeOffset now)
    {
        var write = WriterName.Of(request, now, isApply: true);
        var applied = await RequestBody.ReadYamlAsync(request.Http);
        if (applied["apiVersion"] is null || applied["kind"] is null)
        {
            throw Refusals.BadRequest("what is applied has to name its apiVersion and kind");
        }

        if (applied["metadata"] is JsonObject { } metadata && metadata["managedFields"] is not null)
        {
            throw Refusals.BadRequest("metadata.managedFields must be nil");
        }

        var draft = Draft.Of(request.Kind, Door(request, applied));
        SecretRules.Complete(draft);
        var warnings = new List<string>();
        var faults = SchemaCheck
            .Check(request, draft, warnings)
            // What is missing here may be there already: the whole is checked once it is made.
            .Where(fault => fault.Reason != FieldErrorReason.FieldValueRequired)
            .ToArray();
        if (faults.Length > 0)
        {
            throw Refusals.Invalid(request.Kind, request.Name, Reviewer.Causes(faults));
        }

        return FieldSets.Twice(draft.Json, new FieldShape(StructuralSchema.For(request.Kind))) is { } twice
            ? throw Refusals.BadRequest($"what is applied has two entries of one key: {twice}")
            : new(request, draft.Json, write, warnings);
    }

    /// <summary>The object with what is applied put in, and who owns what then.</summary>
    /// <param name="live">The object as it is; not touched.</param>
    /// <exception cref="StatusException">Conflict: others own what would change.</exception>
    public Wanted To(JsonObject live)
    {
        var result = live.DeepClone().AsObject();
        var metadata = result["metadata"]!.AsObject();
        var managed = ManagedFields.Read(metadata["managedFields"]) ?? ManagedFields.None;
        metadata.Remove("managedFields");
        try
        {
            var owners = ServerSideApply.Apply(result, _applied, managed, Schema, _write, _request.Flag("force"));
            return new(result, owners);
        }
        catch (ApplyConflictException conflict)
        {
            throw Refusals.ApplyConflict(conflict.Conflicts);
        }
    }

    /// <summary>What of an object this door opens: the rest is not claimed.</summary>
    private static JsonObject Door(ApiRequest request, JsonObject applied)
    {
        if (request.Path.Subresource is null)
        {
            if (request.Kind.HasStatusSubresource)
            {
                applied.Remove("status");
            }

            return applied;
        }

        var names = new JsonObject();
        foreach (var name in new[] { "name", "namespace", "uid", "resourceVersion" })
        {
            if (applied["metadata"] is JsonObject metadata && metadata[name] is { } value)
            {
                names[name] = value.DeepClone();
            }
        }

        return new JsonObject
        {
            ["apiVersion"] = applied["apiVersion"]?.DeepClone(),
            ["kind"] = applied["kind"]?.DeepClone(),
            ["metadata"] = names,
            ["status"] = applied["status"]?.DeepClone(),
        };
    }
}

/// <summary>An object as a change wants it.</summary>
/// <param name="Json">The object.</param>
/// <param name="Owners">Who owns what of it; null when that follows from what changed.</param>
/// <param name="IsStoredButMetadata">True when the change says nothing but of metadata.</param>
internal sealed record Wanted(JsonObject Json, ManagedFields? Owners = null, bool IsStoredButMetadata = false);
