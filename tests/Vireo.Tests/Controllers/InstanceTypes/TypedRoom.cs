using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.InstanceTypes;

/// <summary>A namespace of a control plane with machines that have instance types and preferences.</summary>
internal sealed class TypedRoom(ControlPlane plane, string space)
{
    public const string Cluster = "VirtualMachineClusterInstancetype";
    public const string Own = "VirtualMachineInstancetype";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public string Space => space;

    public static async Task<TypedRoom> MakeAsync(ControlPlane plane) => new(plane, await plane.MakeNamespaceAsync());

    public Task<VirtualMachineInstancetype> TypeAsync(string name, long cpus = 1, string memory = "64Mi") =>
        plane.User.CreateAsync(
            new VirtualMachineInstancetype
            {
                Metadata = new() { Name = name, Namespace = space },
                Spec = Size(cpus, memory),
            },
            Ct
        );

    public Task<VirtualMachinePreference> PreferenceAsync(string name, VirtualMachinePreferenceSpec spec) =>
        plane.User.CreateAsync(
            new VirtualMachinePreference
            {
                Metadata = new() { Name = name, Namespace = space },
                Spec = spec,
            },
            Ct
        );

    public static VirtualMachineInstancetypeSpec Size(long cpus, string memory) =>
        new()
        {
            Cpu = new() { Guest = cpus },
            Memory = new() { Guest = Quantity.Parse(memory) },
        };

    /// <summary>Changes a type; the machines that use it have it as it was.</summary>
    public Task ResizeAsync(string name, string memory) =>
        plane.User.PatchAsync<VirtualMachineInstancetype>(
            new(space, name),
            Patch.Merge(JsonNode.Parse($$"""{"spec":{"memory":{"guest":"{{memory}}"} } }""")!),
            Ct
        );

    public Task<VirtualMachine> CreateAsync(
        InstancetypeMatcher? type,
        PreferenceMatcher? preference = null,
        RunStrategy strategy = RunStrategy.Always,
        string name = "vm"
    ) => plane.User.CreateAsync(Machine(name, space, type, preference, strategy), Ct);

    public static VirtualMachine Machine(
        string name,
        string space,
        InstancetypeMatcher? type,
        PreferenceMatcher? preference = null,
        RunStrategy strategy = RunStrategy.Halted
    ) =>
        new()
        {
            Metadata = new() { Name = name, Namespace = space },
            Spec = new()
            {
                RunStrategy = strategy,
                Instancetype = type,
                Preference = preference,
                Template = new() { Spec = new() { Domain = new() { Devices = new() } } },
            },
        };

    public static InstancetypeMatcher Named(string name, string? revision = null) =>
        new()
        {
            Name = name,
            Kind = Own,
            RevisionName = revision,
        };

    public Task<VirtualMachine> UntilAsync(Func<VirtualMachine, bool> isSo) => plane.UntilAsync("vm", space, isSo);

    /// <summary>The machine once it uses a type, by the copy that is kept of it.</summary>
    public Task<VirtualMachine> UsesAsync(string name) =>
        UntilAsync(found =>
            found.Status?.InstancetypeRef?.Name == name && Conditions.Find(found.Status.Conditions, "Failure") is null
        );

    public Task<VirtualMachine> FailsAsync(string reason) =>
        UntilAsync(found => Conditions.Find(found.Status?.Conditions, "Failure")?.Reason == reason);

    public Task<VirtualMachineInstance> InstanceAsync(string memory) =>
        plane.UntilAsync<VirtualMachineInstance>(
            "vm",
            space,
            found => found.Spec.Domain.Memory?.Guest == Quantity.Parse(memory)
        );

    public Task PatchAsync(string change) =>
        plane.User.PatchAsync<VirtualMachine>(new(space, "vm"), Patch.Merge(JsonNode.Parse(change)!), Ct);

    /// <summary>Names another type, and nothing else.</summary>
    public Task SwitchAsync(string name) => PatchAsync($$"""{"spec":{"instancetype":{"name":"{{name}}"} } }""");

    /// <summary>Ends the run, so that the next one is made from what is wanted now.</summary>
    public Task EndRunAsync() => plane.User.DeleteAsync<VirtualMachineInstance>(new(space, "vm"), null, Ct);

    public Task HasCopiesAsync(int count) =>
        Eventually.HoldsAsync(() => Copies().Count == count, $"there are {count} copies");

    public IReadOnlyList<ControllerRevision> Copies() =>
        [
            .. plane
                .All<ControllerRevision>(space)
                .Where(one => one.Metadata.Labels?.ContainsKey("instancetype.kubevirt.io/object-name") == true),
        ];
}
