using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Vireo.Acceptance;

/// <summary>One VM of a test with the sample guest in it: named for the test, gone after it.</summary>
internal sealed partial class Guest(VireoHost host, string name) : IAsyncDisposable
{
    /// <summary>A short name for one test's VM.</summary>
    public string Name { get; } = name;

    /// <summary>A manifest as KubeVirt's users write it.</summary>
    public string Manifest(string runStrategy = "Always", string memory = "128Mi", string domainExtra = "") =>
        $$"""
            apiVersion: kubevirt.io/v1
            kind: VirtualMachine
            metadata:
              name: {{Name}}
            spec:
              runStrategy: {{runStrategy}}
              template:
                spec:
                  terminationGracePeriodSeconds: 30
                  domain:
                    {{domainExtra}}
                    memory:
                      guest: {{memory}}
                    devices:
                      disks:
                        - name: root
                          disk:
                            bus: virtio
                      interfaces:
                        - name: default
                          masquerade: {}
                  networks:
                    - name: default
                      pod: {}
                  volumes:
                    - name: root
                      containerDisk:
                        image: vireo/tiny-guest:v1
                        imagePullPolicy: IfNotPresent
            """;

    /// <summary>The same manifest as JSON, for tests that change a part of it.</summary>
    public JsonNode Document(Action<JsonNode> change)
    {
        var document = JsonNode.Parse(
            $$$$$"""
            {
              "apiVersion": "kubevirt.io/v1",
              "kind": "VirtualMachine",
              "metadata": {"name": "{{{{{Name}}}}}"},
              "spec": {"runStrategy": "Always", "template": {"spec": {
                "terminationGracePeriodSeconds": 30,
                "domain": {
                  "memory": {"guest": "128Mi"},
                  "devices": {
                    "disks": [{"name": "root", "disk": {"bus": "virtio"}}],
                    "interfaces": [{"name": "default", "masquerade": {}}]
                  }
                },
                "networks": [{"name": "default", "pod": {}}],
                "volumes": [{"name": "root", "containerDisk": {"image": "vireo/tiny-guest:v1"}}]
              }}}
            }
            """
        )!;
        change(document);
        return document;
    }

    public async Task<Guest> StartAsync(string runStrategy = "Always")
    {
        await host.ApplyAsync(Manifest(runStrategy));
        return this;
    }

    public Task<JsonNode?> VmAsync() => host.GetAsync("vm", Name);

    public Task<JsonNode?> VmiAsync() => host.GetAsync("vmi", Name);

    /// <summary>The instance once the guest in it has booted.</summary>
    public async Task<BootedGuest> BootedAsync(int timeoutSeconds = 120) =>
        await Eventually.Get(
            async () =>
            {
                var vmi = await VmiAsync();
                return (string?)vmi?["status"]?["phase"] == "Running" ? Booted((string)vmi["metadata"]!["uid"]!) : null;
            },
            $"the guest {Name} has booted",
            timeoutSeconds
        );

    public async Task<JsonNode> InPhaseAsync(string phase) =>
        await Eventually.Get(
            async () => await VmiAsync() is { } vmi && (string?)vmi["status"]?["phase"] == phase ? vmi : null,
            $"{Name} is {phase}"
        );

    public Task GoneAsync() => Eventually.Holds(async () => await VmiAsync() is null, $"{Name} has no instance");

    public async ValueTask DisposeAsync()
    {
        await host.KubectlAsync("delete", "vm", Name, "--ignore-not-found", "--wait=false");
        await host.KubectlAsync(
            "patch",
            "vmi",
            Name,
            "--type=merge",
            "-p",
            """{"spec":{"terminationGracePeriodSeconds":0}}"""
        );
        await Eventually.Holds(async () => await VmAsync() is null && await VmiAsync() is null, $"{Name} is gone");
    }

    private BootedGuest? Booted(string uid)
    {
        var console = host.ConsoleLog(uid);
        var ready = Ready().Matches(console).LastOrDefault();
        return ready is null
            ? null
            : new(
                uid,
                ready.Groups["name"].Value,
                ready.Groups["machine"].Value,
                int.Parse(ready.Groups["vcpus"].Value, CultureInfo.InvariantCulture),
                int.Parse(ready.Groups["memory"].Value, CultureInfo.InvariantCulture),
                ready.Groups["boot"].Value
            );
    }

    [GeneratedRegex(
        @"VIREO-GUEST-READY name=(?<name>\S+) machine=(?<machine>\S+) vcpus=(?<vcpus>\d+) memory_mib=(?<memory>\d+) boot_id=(?<boot>\S+)"
    )]
    private static partial Regex Ready();
}

/// <summary>What a guest said of itself on its console. The boot id changes with every boot.</summary>
internal sealed record BootedGuest(
    string Uid,
    string Name,
    string MachineType,
    int Vcpus,
    int MemoryMib,
    string BootId
);
