using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Writing;

namespace Vireo.ApiServer.Patching;

/// <summary>A patch that a client sent, ready to be applied to whatever state the object is in.</summary>
internal abstract record PatchBody
{
    private const string JsonPatchType = "application/json-patch+json";
    private const string MergePatchType = "application/merge-patch+json";
    private const string StrategicType = "application/strategic-merge-patch+json";

    /// <summary>Server-side apply, which is no patch of this sort but comes by the same method.</summary>
    public const string ApplyType = "application/apply-patch+yaml";

    /// <summary>The object as the patch makes it; the object given is not touched.</summary>
    public abstract JsonObject Apply(JsonObject target);

    /// <summary>True when it can change nothing but metadata of an object of a kind.</summary>
    /// <remarks>Of namespaces and Secrets the server itself completes more than that.</remarks>
    public bool IsOfMetadata(ResourceKind kind) =>
        !ReferenceEquals(kind, ResourceKinds.Namespaces)
        && !ReferenceEquals(kind, ResourceKinds.Secrets)
        && Touched.All(field => field is "metadata" or "apiVersion" or "kind");

    /// <summary>The fields of the object that it names; those within stand for the whole.</summary>
    protected abstract IEnumerable<string> Touched { get; }

    /// <summary>Reads the patch in a request.</summary>
    /// <exception cref="StatusException">The patch is of a sort that the kind does not take, or broken.</exception>
    public static async Task<PatchBody> ReadAsync(ApiRequest request)
    {
        var type = RequestBody.MediaType(request.Http.Request);
        var isCustom = IsCustom(request.Kind);
        if (type is not (JsonPatchType or MergePatchType) && (type != StrategicType || isCustom))
        {
            throw Refusals.UnsupportedMediaType(
                isCustom
                    ? $"{JsonPatchType}, {MergePatchType}, {ApplyType}"
                    : $"{JsonPatchType}, {MergePatchType}, {StrategicType}, {ApplyType}"
            );
        }

        var body = RequestBody.Parse(request.Http, await RequestBody.ReadAsync(request.Http));
        return (type, body) switch
        {
            (JsonPatchType, JsonArray operations) => new JsonPatchBody(JsonPatch.Read(operations), request),
            (JsonPatchType, _) => throw Refusals.BadRequest("a JSON patch is a list of operations"),
            (_, not JsonObject) => throw Refusals.BadRequest("a merge patch is a JSON object"),
            (MergePatchType, JsonObject patch) => new MergePatchBody(patch),
            (_, JsonObject patch) => new StrategicPatchBody(patch),
        };
    }

    /// <summary>Custom resources have no merge keys: they take no strategic merge patch, as in Kubernetes.</summary>
    private static bool IsCustom(ResourceKind kind) =>
        kind.Group.Contains('.', StringComparison.Ordinal) && !kind.Group.EndsWith(".k8s.io", StringComparison.Ordinal);

    private sealed record JsonPatchBody(JsonPatch Patch, ApiRequest Request) : PatchBody
    {
        protected override IEnumerable<string> Touched => Patch.Touched;

        public override JsonObject Apply(JsonObject target)
        {
            try
            {
                return Patch.Apply(target) as JsonObject
                    ?? throw new JsonPatchException("the patch makes the object something else than an object");
            }
            catch (JsonPatchException refused)
            {
                throw Refusals.Unprocessable(Request.Kind, Request.Name, refused.Message);
            }
        }
    }

    private sealed record MergePatchBody(JsonObject Patch) : PatchBody
    {
        protected override IEnumerable<string> Touched => Patch.Select(one => one.Key);

        public override JsonObject Apply(JsonObject target) =>
            MergePatch.Apply(target.DeepClone(), Patch)?.AsObject() ?? [];
    }

    private sealed record StrategicPatchBody(JsonObject Patch) : PatchBody
    {
        protected override IEnumerable<string> Touched => Patch.Select(one => one.Key);

        public override JsonObject Apply(JsonObject target) =>
            StrategicMergePatch.Apply(target.DeepClone().AsObject(), Patch);
    }
}
