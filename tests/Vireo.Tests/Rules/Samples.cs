using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

/// <summary>Objects to start from: each is valid as it stands.</summary>
internal static class Samples
{
    public const string MachineUid = "11111111-2222-3333-4444-555555555555";
    public const string ConfigUid = "77777777-2222-4333-8444-555555555555";
    public const string InstanceUid = "99999999-8888-7777-6666-555555555555";

    public static DateTimeOffset Now { get; } = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private const string Spec = """
        {
          "domain": {
            "memory": { "guest": "128Mi" },
            "devices": {
              "disks": [
                { "name": "root", "disk": { "bus": "virtio" } },
                { "name": "seed", "disk": { "bus": "virtio" } }
              ],
              "interfaces": [{ "name": "default", "masquerade": {} }]
            }
          },
          "networks": [{ "name": "default", "pod": {} }],
          "volumes": [
            { "name": "root", "containerDisk": { "image": "quay.io/vireo/tiny:1.0" } },
            { "name": "seed", "cloudInitNoCloud": { "userData": "#cloud-config" } }
          ]
        }
        """;

    public static VirtualMachineInstanceSpec InstanceSpec(params (string Path, string Json)[] changes) =>
        Read(Changed(JsonNode.Parse(Spec)!, changes), ApiJson.Default.VirtualMachineInstanceSpec);

    public static VirtualMachine Machine(RunStrategy? strategy = RunStrategy.Always) =>
        new()
        {
            Metadata = new()
            {
                Name = "web",
                Namespace = "default",
                Uid = MachineUid,
                Generation = 3,
            },
            Spec = new()
            {
                RunStrategy = strategy,
                Template = new() { Spec = InstanceSpec() },
            },
            Status = new() { RunStrategy = strategy },
        };

    public static VirtualMachine MachineWith(params (string Path, string Json)[] changes) =>
        Machine() with
        {
            Spec = new()
            {
                RunStrategy = RunStrategy.Always,
                Template = new() { Spec = InstanceSpec(changes) },
            },
        };

    public static VirtualMachineInstance Instance(
        VirtualMachineInstancePhase? phase = VirtualMachineInstancePhase.Running,
        string owner = MachineUid
    ) =>
        new()
        {
            Metadata = new()
            {
                Name = "web",
                Namespace = "default",
                Uid = InstanceUid,
                Finalizers = [KubeVirtNames.VirtualMachineFinalizer, KubeVirtNames.InstanceFinalizer],
                OwnerReferences =
                [
                    new()
                    {
                        ApiVersion = "kubevirt.io/v1",
                        Kind = "VirtualMachine",
                        Name = "web",
                        Uid = owner,
                        Controller = true,
                    },
                ],
            },
            Spec = InstanceSpec(),
            Status = new() { Phase = phase },
        };

    public static VirtualMachineInstanceConfig Config(params (string Path, string Json)[] changes) =>
        Config(ConfigUid, changes);

    public static VirtualMachineInstanceConfig Config(string uid, params (string Path, string Json)[] changes) =>
        new()
        {
            Metadata = new()
            {
                Name = "small",
                Namespace = "default",
                Uid = uid,
                Generation = 2,
            },
            Spec = new() { Template = new() { Spec = InstanceSpec(changes) } },
        };

    public static AdmissionResult Review(
        IResource resource,
        IResource? old = null,
        KubeVirtConfiguration? configuration = null,
        bool isSystem = false
    ) =>
        Admission.Review(
            new(
                ResourceKinds.All.Single(kind => kind.TypeInfo.Type == resource.GetType()),
                old is null ? AdmissionOperation.Create : AdmissionOperation.Update,
                resource,
                old,
                new(configuration ?? new(), Now, isSystem)
            )
        );

    /// <summary>
    /// Sets the value at a path such as <c>domain.devices.disks[0].bootOrder</c>; no JSON takes it away.
    /// </summary>
    public static JsonNode Changed(JsonNode root, params (string Path, string Json)[] changes)
    {
        foreach (var (path, json) in changes)
        {
            var steps = path.Replace("[", ".[", StringComparison.Ordinal).Split('.');
            var node = root;
            for (var index = 0; index < steps.Length - 1; index++)
            {
                node = Child(node, steps[index], steps[index + 1]);
            }

            Set(node, steps[^1], json.Length == 0 ? null : JsonNode.Parse(json), json.Length == 0);
        }

        return root;
    }

    private static T Read<T>(JsonNode node, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        node.Deserialize(type)!;

    private static JsonNode Child(JsonNode node, string step, string next)
    {
        if (IndexOf(step) is { } index)
        {
            while (node.AsArray().Count <= index)
            {
                node.AsArray().Add(new JsonObject());
            }

            return node[index]!;
        }

        return node[step] ??= IndexOf(next) is null ? new JsonObject() : new JsonArray();
    }

    private static void Set(JsonNode node, string step, JsonNode? value, bool isRemoved)
    {
        if (IndexOf(step) is { } index)
        {
            if (index < node.AsArray().Count)
            {
                node[index] = value;
            }
            else
            {
                node.AsArray().Add(value);
            }
        }
        else if (isRemoved)
        {
            node.AsObject().Remove(step);
        }
        else
        {
            node[step] = value;
        }
    }

    private static int? IndexOf(string step) =>
        step.StartsWith('[') ? int.Parse(step[1..^1], CultureInfo.InvariantCulture) : null;
}
