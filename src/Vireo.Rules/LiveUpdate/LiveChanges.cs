using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Writes on an instance that runs what reaches it without a restart.</summary>
public static class LiveChanges
{
    // Of kubevirt.io/vm-generation; ~1 is a slash inside a name.
    private const string GenerationPath = "/metadata/annotations/kubevirt.io~1vm-generation";

    /// <summary>True for an instance that changes can still reach: there, not ended and not to end.</summary>
    public static bool CanReach([NotNullWhen(true)] VirtualMachineInstance? instance) =>
        instance is { Metadata.DeletionTimestamp: null }
        && !VirtualMachineInstancePhases.IsFinal(instance.Status?.Phase);

    /// <summary>True when the instance is known to have all of the machine's spec.</summary>
    public static bool IsUpToDate(VirtualMachine machine, VirtualMachineInstance instance) =>
        GenerationOn(instance) == Generation(machine);

    /// <summary>
    /// The changes as a JSON patch that fails when the instance is another, or was changed since; null when there are
    /// none.
    /// </summary>
    /// <remarks>
    /// The fields that take effect at once, and the generation of the machine once the instance has all of it. Labels
    /// and annotations of the template reach only the next instance, and until then it has not.
    /// </remarks>
    /// <param name="machine">The machine.</param>
    /// <param name="instance">Its instance.</param>
    /// <param name="startedFrom">The machine's spec that the instance was started from.</param>
    /// <param name="update">What differs between that and the spec now.</param>
    public static JsonArray? Of(
        VirtualMachine machine,
        VirtualMachineInstance instance,
        VirtualMachineSpec startedFrom,
        UpdatePlan update
    )
    {
        var has = Tree(instance.Spec);
        var wants = Tree(machine.Spec.Template.Spec);
        List<JsonObject> changes =
        [
            .. UpdatableFields
                .Effects.Where(field => field.Value is FieldEffect.NextPlacement)
                .SelectMany(field => Replace($"/spec/{field.Key}", has[field.Key], wants[field.Key])),
        ];
        if (
            update.ForRestart is []
            && !MachineTypeRecords.AwaitsBoot(machine, instance)
            && HasSameMetadata(startedFrom.Template, machine.Spec.Template)
            && GenerationOn(instance) is { } generation
        )
        {
            changes.AddRange(Replace(GenerationPath, generation, Generation(machine)));
        }

        return changes is [] ? null : [Operation("test", "/metadata/uid", instance.Metadata.Uid), .. changes];
    }

    private static IEnumerable<JsonObject> Replace(string path, JsonNode? has, JsonNode? wants)
    {
        if (JsonNode.DeepEquals(has, wants))
        {
            return [];
        }

        JsonObject[] guard = has is null ? [] : [Operation("test", path, has)];
        var change = wants is null ? Operation("remove", path, null) : Operation("add", path, wants);
        return [.. guard, change];
    }

    private static JsonObject Operation(string op, string path, JsonNode? value)
    {
        var operation = new JsonObject { ["op"] = op, ["path"] = path };
        if (value is not null)
        {
            operation["value"] = value.DeepClone();
        }

        return operation;
    }

    private static bool HasSameMetadata(
        VirtualMachineInstanceTemplateSpec left,
        VirtualMachineInstanceTemplateSpec right
    ) =>
        JsonNode.DeepEquals(
            JsonSerializer.SerializeToNode(left.Metadata ?? new(), ApiJson.Default.ObjectMeta),
            JsonSerializer.SerializeToNode(right.Metadata ?? new(), ApiJson.Default.ObjectMeta)
        );

    private static JsonObject Tree(VirtualMachineInstanceSpec spec) =>
        JsonSerializer.SerializeToNode(spec, ApiJson.Default.VirtualMachineInstanceSpec)!.AsObject();

    private static string? GenerationOn(VirtualMachineInstance instance) =>
        instance.Metadata.Annotations?.GetValueOrDefault(KubeVirtNames.GenerationAnnotation);

    private static string Generation(VirtualMachine machine) =>
        (machine.Metadata.Generation ?? 1).ToString(CultureInfo.InvariantCulture);
}
