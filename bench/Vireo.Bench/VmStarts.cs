using System.Globalization;
using System.Text.Json;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Bench;

/// <summary>Starts VMs through the API and follows each from the request to the running guest.</summary>
/// <remarks>
/// The moment that Vireo hands over to libvirt is that of the last change of the instance's intent file: it is renamed
/// into place as the last thing before the call (the kernel dates it to about 4 ms).
/// </remarks>
internal sealed class VmStarts(RunningVireo vireo, ExecWatch executions)
{
    private const string Namespace = "default";

    /// <summary>Longer than a controller may hold a status back: then all writes of a start are done.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    private readonly KubernetesClient _client = vireo.Connect();
    private readonly Watcher<VirtualMachine> _machines = new(vireo.Connect());
    private readonly Watcher<VirtualMachineInstance> _instances = new(vireo.Connect());
    private readonly Watcher<Event> _events = new(vireo.Connect());
    private readonly Watcher<ControllerRevision> _revisions = new(vireo.Connect());

    /// <summary>Begins to watch.</summary>
    public Task PrepareAsync(CancellationToken ct) =>
        Task.WhenAll(
            _machines.StartAsync(ct),
            _instances.StartAsync(ct),
            _events.StartAsync(ct),
            _revisions.StartAsync(ct)
        );

    /// <summary>Creates a VM, and returns when its guest runs and all is told.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="ct">Ends it.</param>
    /// <param name="rebootPolicy">What becomes of the instance when its guest reboots.</param>
    public async Task<VmStart> StartAsync(string name, CancellationToken ct, string rebootPolicy = "Reboot")
    {
        var machine = JsonSerializer.Deserialize(Manifest(name, rebootPolicy), ApiJson.Default.VirtualMachine)!;
        var began = DateTimeOffset.UtcNow;
        await _client.CreateAsync(machine, ct);
        var running = await _instances.FirstAsync(
            $"{name} to run",
            seen =>
                seen.Object.Metadata.Name == name
                && seen.Object.Status?.Phase == VirtualMachineInstancePhase.Running
                && seen.At > began,
            ct
        );
        await Task.Delay(Settling, ct);
        var handOver = await ChangedAtAsync(Path.Combine(FolderOf(running.Object), "intent.json"), ct);
        return new(
            (handOver - began).TotalMilliseconds,
            (executions.TimeOf(Qemu.ProcessOf(vireo.StateFolder, DomainOf(name))) - began).TotalMilliseconds,
            (running.At - began).TotalMilliseconds,
            Writes(name)
        );
    }

    /// <summary>Has the guest of a VM with Terminate reboot itself, and returns when the next one runs.</summary>
    public async Task<Reboot> RebootAsync(string name, CancellationToken ct)
    {
        var before = _instances.All.Last(seen => seen.Object.Metadata.Name == name).Object;
        var console = new GuestConsole(FolderOf(before));
        await console.WaitForBootAsync(ct);
        var began = await console.RebootAsync(ct);
        var running = await _instances.FirstAsync(
            $"{name} to run again",
            seen =>
                seen.Object.Metadata.Name == name
                && seen.Object.Metadata.Uid != before.Metadata.Uid
                && seen.Object.Status?.Phase == VirtualMachineInstancePhase.Running
                && seen.At > began,
            ct
        );
        var executed = executions.TimeOf(Qemu.ProcessOf(vireo.StateFolder, DomainOf(name)));
        return new((executed - began).TotalMilliseconds, (running.At - began).TotalMilliseconds);
    }

    /// <summary>Deletes a VM, and returns when its instance is gone.</summary>
    public async Task StopAsync(string name, CancellationToken ct)
    {
        await _client.DeleteAsync<VirtualMachine>(new(Namespace, name), null, ct);
        await _machines.FirstAsync(
            $"{name} to go",
            seen => seen.Type == WatchEventType.Deleted && seen.Object.Metadata.Name == name,
            ct
        );
        await _instances.FirstAsync(
            $"the instance of {name} to go",
            seen => seen.Type == WatchEventType.Deleted && seen.Object.Metadata.Name == name,
            ct
        );
    }

    /// <summary>The folder of an instance that runs.</summary>
    public string FolderOf(string name) =>
        FolderOf(_instances.All.Last(seen => seen.Object.Metadata.Name == name).Object);

    /// <summary>The name libvirt knows a VM's domain by.</summary>
    public static string DomainOf(string name) => $"{Namespace}_{name}";

    private string FolderOf(VirtualMachineInstance instance) =>
        Path.Combine(vireo.StateFolder, "instances", instance.Metadata.Uid!);

    /// <summary>
    /// What was told of the VM, its start revision, its instance and both their events, but for the user's own request.
    /// </summary>
    private int Writes(string name) =>
        -1
        + _machines.All.Count(seen => seen.Object.Metadata.Name == name)
        + _instances.All.Count(seen => seen.Object.Metadata.Name == name)
        + _revisions.All.Count(seen => seen.Object.Metadata.OwnerReferences?.Any(owner => owner.Name == name) == true)
        + _events.All.Count(seen => seen.Object.InvolvedObject.Name == name);

    /// <summary>.NET knows when a file's content changed, but not when it was renamed.</summary>
    private static async Task<DateTimeOffset> ChangedAtAsync(string path, CancellationToken ct)
    {
        var seconds = await Programs.RunAsync("stat", ["--format", "%.6Z", path], ct);
        var micros = decimal.Parse(seconds, CultureInfo.InvariantCulture) * 1_000_000;
        return DateTimeOffset.UnixEpoch.AddMicroseconds((double)micros);
    }

    /// <summary>A VM of the bench: of the micro guest, or of another image.</summary>
    public static string Manifest(
        string name,
        string rebootPolicy,
        string image = "vireo/bench:v1",
        string memory = "64Mi"
    ) =>
        $$"""
            {
              "apiVersion": "kubevirt.io/v1",
              "kind": "VirtualMachine",
              "metadata": { "name": "{{name}}", "namespace": "{{Namespace}}" },
              "spec": {
                "runStrategy": "Always",
                "template": {
                  "spec": {
                    "terminationGracePeriodSeconds": 0,
                    "domain": {
                      "rebootPolicy": "{{rebootPolicy}}",
                      "memory": { "guest": "{{memory}}" },
                      "devices": {
                        "disks": [{ "name": "root", "disk": { "bus": "virtio" } }],
                        "interfaces": [{ "name": "default", "masquerade": {} }]
                      }
                    },
                    "networks": [{ "name": "default", "pod": {} }],
                    "volumes": [
                      {
                        "name": "root",
                        "containerDisk": { "image": "{{image}}", "imagePullPolicy": "IfNotPresent" }
                      }
                    ]
                  }
                }
              }
            }
            """;
}
