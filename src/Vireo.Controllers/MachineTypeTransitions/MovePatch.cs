using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>
/// The one write that a step is: all of it or nothing, and only over the machine as it was read. Writes of the fields
/// that it names, so that a server with fields nobody here knows keeps them.
/// </summary>
internal static class MovePatch
{
    /// <summary>The new type, the mark, and the label as it is to be.</summary>
    public static Patch Change(VirtualMachine machine, TransitionMark mark, bool isLabelled)
    {
        var patch = Guarded(machine);
        var domain = machine.Spec.Template.Spec.Domain;
        patch.Add(
            domain.Machine is null
                ? Operation("add", "/spec/template/spec/domain/machine", new JsonObject { ["type"] = mark.To })
                : Operation("add", "/spec/template/spec/domain/machine/type", mark.To)
        );
        AddMark(patch, machine, mark);
        AddLabel(patch, machine, isLabelled);
        return Patch.Json(patch);
    }

    /// <summary>The mark and the label alone.</summary>
    public static Patch Mark(VirtualMachine machine, TransitionMark mark, bool isLabelled)
    {
        var patch = Guarded(machine);
        AddMark(patch, machine, mark);
        AddLabel(patch, machine, isLabelled);
        return Patch.Json(patch);
    }

    /// <summary>The run strategy that the machine had before it was stopped, and the mark without it.</summary>
    public static Patch Resume(VirtualMachine machine, TransitionMark mark)
    {
        var patch = Guarded(machine);
        patch.Add(Operation("add", "/spec/runStrategy", mark.Resume!));
        AddMark(patch, machine, mark with { Resume = null });
        return Patch.Json(patch);
    }

    /// <summary>Takes the label off.</summary>
    public static Patch Unlabel(VirtualMachine machine)
    {
        var patch = Guarded(machine);
        AddLabel(patch, machine, isLabelled: false);
        return Patch.Json(patch);
    }

    /// <remarks>
    /// Writing the revision that was read makes the server answer Conflict when it is not the present one; a test of it
    /// would be answered like a patch that makes no sense.
    /// </remarks>
    private static JsonArray Guarded(VirtualMachine machine) =>
        [Operation("replace", "/metadata/resourceVersion", machine.Metadata.ResourceVersion!)];

    private static void AddMark(JsonArray patch, VirtualMachine machine, TransitionMark mark)
    {
        if (machine.Metadata.Annotations is null or { Count: 0 })
        {
            patch.Add(Operation("add", "/metadata/annotations", new JsonObject()));
        }

        patch.Add(Operation("add", $"/metadata/annotations/{Escaped(KubeVirtNames.TransitionAnnotation)}", $"{mark}"));
    }

    private static void AddLabel(JsonArray patch, VirtualMachine machine, bool isLabelled)
    {
        var labels = machine.Metadata.Labels;
        var path = $"/metadata/labels/{Escaped(KubeVirtNames.RestartRequiredLabel)}";
        if (!isLabelled)
        {
            if (labels?.ContainsKey(KubeVirtNames.RestartRequiredLabel) == true)
            {
                patch.Add(Operation("remove", path));
            }

            return;
        }

        if (labels is null or { Count: 0 })
        {
            patch.Add(Operation("add", "/metadata/labels", new JsonObject()));
        }

        patch.Add(Operation("add", path, "true"));
    }

    private static JsonNode Operation(string op, string path, JsonNode? value = null) =>
        value is null
            ? new JsonObject { ["op"] = op, ["path"] = path }
            : new JsonObject
            {
                ["op"] = op,
                ["path"] = path,
                ["value"] = value,
            };

    private static string Escaped(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
