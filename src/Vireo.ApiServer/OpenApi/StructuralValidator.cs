using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.ApiServer.OpenApi;

/// <summary>Holds an object against the schema of its kind before anything else looks at it.</summary>
/// <remarks>
/// Fields that are null are dropped, as Kubernetes does. Fields that nobody knows are dropped, told or refused, as
/// the client chose. Fields that KubeVirt knows and Vireo does not act on are refused by name, whatever the client
/// chose, unless they ask for nothing. Inside <c>status</c>, which users send only because they got it from some
/// server, both are dropped in silence.
/// </remarks>
public static class StructuralValidator
{
    /// <summary>Checks and prunes an object in place.</summary>
    public static StructuralResult Validate(ResourceKind kind, JsonObject obj, FieldValidation mode)
    {
        var walk = new StructuralWalk(mode);
        walk.Root(StructuralSchema.For(kind), obj);
        return Result(kind, walk, mode);
    }

    /// <summary>Checks and prunes the metadata of an object in place.</summary>
    public static StructuralResult ValidateMetadata(ResourceKind kind, JsonObject metadata, FieldValidation mode)
    {
        var walk = new StructuralWalk(mode);
        walk.Part(StructuralSchema.For(kind), "metadata", metadata);
        return Result(kind, walk, mode);
    }

    private static StructuralResult Result(ResourceKind kind, StructuralWalk walk, FieldValidation mode)
    {
        if (walk.Errors is null && walk.UnknownFields is null)
        {
            return Nothing;
        }

        var unknown = walk.UnknownFields ?? [];
        var strict =
            mode == FieldValidation.Strict && unknown.Count > 0
                ? $"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: strict decoding "
                    + $"error: {string.Join(", ", unknown)}"
                : null;
        return new(walk.Errors ?? [], unknown, strict);
    }

    private static StructuralResult Nothing { get; } = new([], [], null);
}
