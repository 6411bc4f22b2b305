using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules.InstanceTypes;

/// <summary>Instance types, preferences and machines to put together.</summary>
internal static class Sizes
{
    /// <summary>A machine that leaves its size to an instance type.</summary>
    public static VirtualMachineSpec Machine(params (string Path, string Json)[] changes) =>
        new()
        {
            RunStrategy = RunStrategy.Always,
            Instancetype = new() { Name = "u1.small" },
            Preference = new() { Name = "linux" },
            Template = new() { Spec = Samples.InstanceSpec([("domain.memory", ""), .. changes]) },
        };

    public static VirtualMachineInstancetypeSpec Type(params (string Path, string Json)[] changes) =>
        Samples
            .Changed(JsonNode.Parse("""{ "cpu": { "guest": 4 }, "memory": { "guest": "2Gi" } }""")!, changes)
            .Deserialize(ApiJson.Default.VirtualMachineInstancetypeSpec)!;

    public static VirtualMachinePreferenceSpec Preference(params (string Path, string Json)[] changes) =>
        Samples.Changed(new JsonObject(), changes).Deserialize(ApiJson.Default.VirtualMachinePreferenceSpec)!;

    /// <summary>What is expected to go well.</summary>
    public static VirtualMachineSpec Expanded(
        VirtualMachineSpec spec,
        VirtualMachineInstancetypeSpec? type,
        VirtualMachinePreferenceSpec? preference = null
    )
    {
        var expanded = MachineExpansion.Of(spec, "amd64", type, preference);
        expanded.Errors.ShouldBeEmpty();
        return expanded.Spec.ShouldNotBeNull();
    }

    /// <summary>What is expected to be refused.</summary>
    public static IReadOnlyList<FieldError> Refused(
        VirtualMachineSpec spec,
        VirtualMachineInstancetypeSpec? type,
        VirtualMachinePreferenceSpec? preference = null
    )
    {
        var expanded = MachineExpansion.Of(spec, "amd64", type, preference);
        expanded.Spec.ShouldBeNull();
        expanded.Errors.ShouldNotBeEmpty();
        return expanded.Errors;
    }

    public static JsonNode Tree(VirtualMachineSpec spec) =>
        JsonSerializer.SerializeToNode(spec, ApiJson.Default.VirtualMachineSpec)!;

    /// <summary>The value at a path such as <c>disks[0].bus</c>; null when there is none.</summary>
    public static JsonNode? At(JsonNode? root, string path) =>
        path.Split('.')
            .SelectMany(step => step.Split('[', ']').Where(part => part.Length > 0))
            .Aggregate(
                root,
                (at, part) =>
                    at switch
                    {
                        JsonArray list => list[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)],
                        JsonObject inside => inside[part],
                        _ => null,
                    }
            );
}
