using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The record of what an instance was started from, kept as long as the instance.</summary>
public static class StartRevision
{
    /// <summary>The name of the record of a start from the machine as it is.</summary>
    public static string NameOf(VirtualMachine machine) =>
        PrefixOf(machine) + Generation(machine).ToString(CultureInfo.InvariantCulture);

    /// <summary>What the names of all records of a machine's starts begin with.</summary>
    public static string PrefixOf(VirtualMachine machine) => $"revision-start-vm-{machine.Metadata.Uid}-";

    /// <summary>The record of a start from the machine as it is.</summary>
    public static ControllerRevision Of(VirtualMachine machine) =>
        new()
        {
            Metadata = new()
            {
                Name = NameOf(machine),
                Namespace = machine.Metadata.Namespace,
                OwnerReferences = [InstanceComposition.OwnerOf(machine)],
            },
            Revision = Generation(machine),
            Data = JsonElement.Parse(
                new JsonObject
                {
                    ["spec"] = JsonSerializer.SerializeToNode(machine.Spec, ApiJson.Default.VirtualMachineSpec),
                }.ToJsonString()
            ),
        };

    /// <summary>The machine's spec in a record; null when there is none that can be read.</summary>
    public static VirtualMachineSpec? SpecIn(ControllerRevision revision)
    {
        try
        {
            return
                revision.Data is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty("spec", out var spec)
                ? spec.Deserialize(ApiJson.Default.VirtualMachineSpec)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static long Generation(VirtualMachine machine) => machine.Metadata.Generation ?? 1;
}
