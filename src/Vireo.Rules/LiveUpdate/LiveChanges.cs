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
    private const string DomainPath = "/spec/domain";

    /// <summary>True for an instance that changes can still reach: there, not ended and not to end.</summary>
    public static bool CanReach([NotNullWhen(true)] VirtualMachineInstance? instance) =>
        instance is { Metadata.DeletionTimestamp: null }
        && !VirtualMachineInstancePhases.IsFinal(instance.Status?.Phase);

    /// <summary>True when the instance is known to have all of the machine's spec, and its guest took it.</summary>
    public static bool IsUpToDate(VirtualMachine machine, VirtualMachineInstance instance) =>
        GenerationOn(instance) == Generation(machine) && !HasFailed(instance);

    /// <summary>
    /// The changes as a JSON patch that fails when the instance is another, or was changed since; null when there are
    /// none.
    /// </summary>
    /// <remarks>
    /// The fields that take effect while the guest runs, with what they claim of the host, and the generation of the
    /// machine once the instance has all of it. Labels and annotations of the template reach only the next instance,
    /// and until then it has not.
    /// </remarks>
    /// <param name="machine">The machine; where it names types, expanded.</param>
    /// <param name="instance">Its instance.</param>
    /// <param name="startedFrom">The machine's spec that the instance was started from, expanded likewise.</param>
    /// <param name="update">What differs between that and the spec now.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    public static JsonArray? Of(
        VirtualMachine machine,
        VirtualMachineInstance instance,
        VirtualMachineSpec startedFrom,
        UpdatePlan update,
        KubeVirtConfiguration configuration
    )
    {
        var has = Tree(instance.Spec);
        var wants = Tree(machine.Spec.Template.Spec);
        List<JsonObject> changes =
        [
            .. update
                .With(FieldEffect.NextPlacement)
                .SelectMany(field => Replace($"/spec/{field.Path}", has[field.Path], wants[field.Path])),
        ];
        if (update.Live is not [])
        {
            changes.AddRange(Hotplugs(machine, instance, startedFrom, update, configuration));
        }

        if (
            update.ReachesAll
            && !MachineTypeRecords.AwaitsBoot(machine, instance)
            && HasSameMetadata(startedFrom.Template, machine.Spec.Template)
            && GenerationOn(instance) is { } generation
        )
        {
            changes.AddRange(Replace(GenerationPath, generation, Generation(machine)));
        }

        return changes is [] ? null : [Operation("test", "/metadata/uid", instance.Metadata.Uid), .. changes];
    }

    /// <summary>Processors and memory, decided from the instance as it was seen: it must be that still.</summary>
    private static IEnumerable<JsonObject> Hotplugs(
        VirtualMachine machine,
        VirtualMachineInstance instance,
        VirtualMachineSpec startedFrom,
        UpdatePlan update,
        KubeVirtConfiguration configuration
    )
    {
        var started = LiveUpdate.Complete(startedFrom.Template.Spec, configuration, machine.Metadata.Uid);
        var wanted = LiveUpdate.Complete(machine.Spec.Template.Spec, configuration, machine.Metadata.Uid);
        var wants = Tree(wanted)["domain"];
        if (instance.Metadata.ResourceVersion is { } seen)
        {
            yield return Operation("test", "/metadata/resourceVersion", seen);
        }

        if (update.Live.Contains(SocketsUpdate.Path))
        {
            yield return Operation("add", $"{DomainPath}/cpu/sockets", wants?["cpu"]?["sockets"]);
        }

        if (update.Live.Contains(MemoryUpdate.Path))
        {
            yield return Operation("add", $"{DomainPath}/memory/guest", wants?["memory"]?["guest"]);
        }

        foreach (var at in Done(instance, update))
        {
            yield return Operation("remove", $"/status/conditions/{at}", null);
        }

        foreach (var (place, amount) in ResourceGrowth.Of(instance.Spec, started, wanted, update, configuration))
        {
            yield return Operation("replace", $"{DomainPath}/resources/{place}", amount.ToString());
        }
    }

    /// <summary>
    /// What tells still of an earlier change that is over: the next one is told of by itself, and waits by itself for
    /// what brings it.
    /// </summary>
    private static IEnumerable<int> Done(VirtualMachineInstance instance, UpdatePlan update)
    {
        var told = instance.Status?.Conditions ?? [];
        return Enumerable
            .Range(0, told.Count)
            .Reverse()
            .Where(at =>
                told[at].Type switch
                {
                    Hotplug.VcpuChange => update.Live.Contains(SocketsUpdate.Path),
                    Hotplug.MemoryChange => update.Live.Contains(MemoryUpdate.Path),
                    _ => false,
                } && Hotplug.IsOver(instance, told[at])
            );
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

    private static bool HasFailed(VirtualMachineInstance instance) =>
        instance.Status?.Conditions?.Any(condition =>
            condition is { Type: Hotplug.VcpuChange or Hotplug.MemoryChange, Status: "False" }
        ) == true;

    private static string? GenerationOn(VirtualMachineInstance instance) =>
        instance.Metadata.Annotations?.GetValueOrDefault(KubeVirtNames.GenerationAnnotation);

    private static string Generation(VirtualMachine machine) =>
        (machine.Metadata.Generation ?? 1).ToString(CultureInfo.InvariantCulture);
}
