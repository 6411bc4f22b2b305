using Vireo.Api;

namespace Vireo.Tests.Rules.MachineTypes;

/// <summary>Machines, instances and hosts with machine types.</summary>
internal static class Machines
{
    public static DateTimeOffset Before { get; } = Samples.Now.AddDays(-7);

    public static KubeVirtConfiguration Pinned { get; } = new();

    public static KubeVirtConfiguration Floating { get; } = new() { MachineTypePolicy = "Floating" };

    public static KubeVirtConfiguration Policy(string policy) => new() { MachineTypePolicy = policy };

    public static VirtualMachine Machine(string? template, MachineTypeRecord? record = null) =>
        Samples.MachineWith(("domain.machine.type", template is null ? "" : $"\"{template}\"")) with
        {
            Status = new() { MachineType = record },
        };

    public static MachineTypeRecord Record(
        string resolved,
        string? requested = null,
        string source = "Domain",
        string? pending = null,
        string pendingSource = "Template"
    ) =>
        new()
        {
            Requested = requested,
            Resolved = resolved,
            Source = source,
            RecordedAt = Before,
            Pending = pending is null
                ? null
                : new()
                {
                    Type = pending,
                    Source = pendingSource,
                    AskedAt = Before,
                },
        };

    /// <summary>A shelved machine whose disks were saved as an image that names a type.</summary>
    public static VirtualMachine Saved(VirtualMachine machine, string? type, string? from = null) =>
        machine with
        {
            Status = (machine.Status ?? new()) with
            {
                Shelved = new() { State = "ShelvedOffloaded" },
                SavedDisks = new()
                {
                    Image = "registry.example/saved:1",
                    MachineType = type,
                    Volumes =
                    [
                        .. machine
                            .Spec.Template.Spec.Volumes!.Where(volume => volume.ContainerDisk is not null)
                            .Select(volume => new SavedVolume
                            {
                                Name = volume.Name,
                                From = from ?? volume.ContainerDisk!.Image,
                            }),
                    ],
                },
            },
        };

    public static VirtualMachineInstance Instance(
        string? started,
        string? runs,
        VirtualMachineInstancePhase phase = VirtualMachineInstancePhase.Running
    )
    {
        var instance = Samples.Instance(phase);
        return instance with
        {
            Spec = instance.Spec with { Domain = instance.Spec.Domain with { Machine = new() { Type = started } } },
            Status = instance.Status! with { Machine = runs is null ? null : new() { Type = runs } },
        };
    }

    /// <summary>A Ready host; a name with = in it is an alias and what it means, one with ! at its end is deprecated.
    /// </summary>
    public static Host Host(string name, params string[] types) =>
        new()
        {
            Metadata = new() { Name = name },
            Status = new()
            {
                Architecture = "amd64",
                Conditions = [new() { Type = "Ready", Status = "True" }],
                MachineTypes = [.. types.Select(Offered)],
            },
        };

    public static Host NotReady(Host host) =>
        host with
        {
            Status = host.Status! with { Conditions = [new() { Type = "Ready", Status = "False" }] },
        };

    public static Host Upstream(string name, string newest = "9.2") =>
        Host(
            name,
            [
                $"q35=pc-q35-{newest}",
                $"pc=pc-i440fx-{newest}",
                .. new[] { "6.2", "7.0", "7.2", "8.2", newest }
                    .Distinct()
                    .SelectMany(version => new[] { $"pc-q35-{version}", $"pc-i440fx-{version}" }),
            ]
        );

    public static Host Rhel9(string name) =>
        Host(
            name,
            "q35=pc-q35-rhel9.6.0",
            "pc=pc-i440fx-rhel7.6.0",
            "pc-i440fx-rhel7.6.0!",
            "pc-q35-rhel8.2.0!",
            "pc-q35-rhel8.6.0!",
            "pc-q35-rhel9.0.0",
            "pc-q35-rhel9.2.0",
            "pc-q35-rhel9.4.0",
            "pc-q35-rhel9.6.0"
        );

    public static Host Rhel10(string name) =>
        Host(
            name,
            "q35=pc-q35-rhel10.0.0",
            "pc=pc-i440fx-rhel10.0.0",
            "pc-i440fx-rhel10.0.0!",
            "pc-q35-rhel9.4.0!",
            "pc-q35-rhel9.6.0!",
            "pc-q35-rhel10.0.0"
        );

    private static HostMachineType Offered(string text)
    {
        var parts = text.TrimEnd('!').Split('=');
        return new()
        {
            Name = parts[0],
            Canonical = parts.ElementAtOrDefault(1),
            Architecture = "amd64",
            Deprecated = text.EndsWith('!') ? true : null,
        };
    }
}
