using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Vireo.Acceptance;

/// <summary>A VM with the sample guest in it, a small Linux.</summary>
internal sealed partial class Guest(VireoHost host, string name) : TestMachine(host, name)
{
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
                  "memory": {"guest": "128Mi", "maxGuest": "512Mi"},
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

    public Task ApplyAsync(JsonNode document) => Host.ApplyAsync(document.ToJsonString());

    public async Task<Guest> StartAsync(string runStrategy = "Always")
    {
        await Host.ApplyAsync(Manifest(runStrategy));
        return this;
    }

    /// <summary>The instance once the guest in it has booted.</summary>
    public async Task<BootedGuest> BootedAsync(int timeoutSeconds = 120)
    {
        var sight = await SeenAsync(
            sight => sight.Phase == "Running" && Booted(sight.Uid!) is not null,
            "its guest has booted",
            timeoutSeconds
        );
        return Booted(sight.Uid!)!;
    }

    /// <summary>The guest once another boot than this one has come to its end, in whichever run.</summary>
    public async Task<BootedGuest> BootedAfterAsync(BootedGuest before)
    {
        var sight = await SeenAsync(
            sight => sight.Phase == "Running" && Booted(sight.Uid!) is { } now && now.BootId != before.BootId,
            "its guest has booted again",
            timeoutSeconds: 120
        );
        return Booted(sight.Uid!)!;
    }

    /// <summary>The guest's agent answers.</summary>
    public Task AgentConnectedAsync() =>
        SeenAsync(
            sight => (string?)sight.OfVmi("AgentConnected")?["status"] == "True",
            "its agent answers",
            timeoutSeconds: 120
        );

    /// <summary>Runs a command in the guest's shell and waits until it is over.</summary>
    public async Task RunInGuestAsync(string command)
    {
        var end = Guid.NewGuid().ToString("N");
        await using var console = await ConsoleAsync();
        await console.SendAsync($"\n{command}; echo 'E''ND-{end}'\n");
        await console.ReadUntilAsync($"END-{end}");
    }

    /// <summary>What a command says in the guest's shell, without what the guest announces meanwhile.</summary>
    public async Task<string> AskInGuestAsync(string command)
    {
        var mark = Guid.NewGuid().ToString("N");
        await using var console = await ConsoleAsync();
        await console.SendAsync($"\necho 'BE''GIN-{mark}'; {command}; echo 'E''ND-{mark}'\n");
        return Answer(await console.ReadUntilAsync($"END-{mark}"), mark);
    }

    /// <summary>What stands between the two marks, without what the guest announces meanwhile.</summary>
    internal static string Answer(string said, string mark)
    {
        var answer = said.Split($"BEGIN-{mark}")[1].Split($"END-{mark}")[0];
        var lines = answer.Split('\n').Select(line => line.Trim());
        return string.Join(
            '\n',
            lines.Where(line => line.Length > 0 && !line.StartsWith("VIREO-", StringComparison.Ordinal))
        );
    }

    private BootedGuest? Booted(string uid)
    {
        var console = Host.ConsoleLog(uid);
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
