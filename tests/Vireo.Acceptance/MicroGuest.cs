using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>
/// A VM with the micro guest in it: one boot sector that prints a banner and obeys keys on its serial console.
/// Started and rebooted in less than a second.
/// </summary>
internal sealed class MicroGuest(VireoHost host, string name) : TestMachine(host, name)
{
    public const string Reboot = "r";
    public const string PowerOff = "p";
    public const string Hang = "h";

    public const string Banner = "MICRO-READY";

    public JsonNode Document(
        string runStrategy,
        string? rebootPolicy = null,
        string image = "vireo/micro-guest:v1",
        bool hasNetwork = false,
        int gracePeriod = 30
    )
    {
        var document = JsonNode.Parse(
            $$$$"""
            {
              "apiVersion": "kubevirt.io/v1",
              "kind": "VirtualMachine",
              "metadata": {"name": "{{{{Name}}}}"},
              "spec": {"runStrategy": "{{{{runStrategy}}}}", "template": {"spec": {
                "terminationGracePeriodSeconds": {{{{gracePeriod}}}},
                "domain": {
                  "memory": {"guest": "64Mi"},
                  "devices": {
                    "autoattachPodInterface": {{{{(hasNetwork ? "true" : "false")}}}},
                    "disks": [{"name": "root", "disk": {"bus": "virtio"}}]
                  }
                },
                "volumes": [{"name": "root", "containerDisk": {"image": "{{{{image}}}}"}}]
              }}}
            }
            """
        )!;
        if (rebootPolicy is not null)
        {
            document["spec"]!["template"]!["spec"]!["domain"]!["rebootPolicy"] = rebootPolicy;
        }

        return document;
    }

    /// <summary>The same with a machine type, and perhaps with labels.</summary>
    public JsonNode Typed(string? machineType, string runStrategy = "Always", string? labels = null)
    {
        var document = Document(runStrategy);
        document["metadata"]!["labels"] = labels is null ? null : JsonNode.Parse(labels);
        document["spec"]!["template"]!["spec"]!["domain"]!["machine"] = machineType is null
            ? null
            : new JsonObject { ["type"] = machineType };
        return document;
    }

    public async Task<MicroGuest> StartAsync(string runStrategy = "Always", string? rebootPolicy = null) =>
        await StartAsync(Document(runStrategy, rebootPolicy));

    public async Task<MicroGuest> StartAsync(JsonNode document)
    {
        await Host.ApplyAsync(document.ToJsonString());
        return this;
    }

    /// <summary>The instance once the guest in it has booted so many times since it was powered on.</summary>
    public async Task<Sight> BootedAsync(int times = 1, string banner = Banner)
    {
        var sight = await SeenAsync(
            sight => sight.Phase == "Running" && Boots(sight.Uid!, banner) >= times,
            $"its guest said {banner} {times} times"
        );
        return sight;
    }

    /// <summary>Types on the socket of the guest's serial console itself, as long as no agent holds it.</summary>
    public async Task TypeOnSocketAsync(string uid, string key)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var path = Path.Combine(Host.StateFolder, "instances", uid, "console.sock");
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(key));
        var answer = key == Reboot ? "RESET" : "POWER-OFF";
        await Eventually.Holds(
            () => Task.FromResult(Host.ConsoleLog(uid).Contains(answer, StringComparison.Ordinal)),
            $"{Name} took the key {key}"
        );
    }

    public int Boots(string uid, string banner = Banner) => Host.ConsoleLog(uid).Split(banner).Length - 1;
}
