using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Vireo.Acceptance;

/// <summary>The classes that share two hosts and the guest between them, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class MovingCollection : ICollectionFixture<MovingGuest>
{
    public const string Name = "moving";
}

/// <summary>A small Linux on one of two hosts, that tests move.</summary>
public sealed partial class MovingGuest : IAsyncLifetime
{
    private const string Name = "mover";
    private const string Migrations = $"{Api.Kubevirt}/virtualmachineinstancemigrations";
    private const string Instance = $"{Api.Kubevirt}/virtualmachineinstances/{Name}";
    private const string Machine = $"{Api.Kubevirt}/virtualmachines/{Name}";

    /// <summary>
    /// The guest's own account of its disks: what it wrote to them it keeps in its memory too. It never boots again, so
    /// that its boot disk may be written over.
    /// </summary>
    private const string Disks = """
        #!/bin/sh
        put() { dd if="$1" of="$2" bs=4096 seek="$3" conv=notrunc,fsync 2>/dev/null; }
        case $1 in
          fill)
            head -c 1048576 /dev/urandom >/tmp/kept
            for disk in vda vdc vdd; do put /tmp/kept /dev/$disk 8; done ;;
          write)
            number=0
            until [ -e /tmp/stop ]; do
              head -c 4096 /dev/urandom >/tmp/block
              put /tmp/block /tmp/kept $((number % 256))
              for disk in vda vdc vdd; do put /tmp/block /dev/$disk $((8 + number % 256)); done
              number=$((number + 1))
              echo $number >/tmp/number
            done
            rm /tmp/stop ;;
          stop)
            touch /tmp/stop
            while [ -e /tmp/stop ]; do usleep 50000; done ;;
          check)
            echo 3 >/proc/sys/vm/drop_caches
            for disk in vda vdc vdd; do
              dd if=/dev/$disk bs=4096 skip=8 count=256 2>/dev/null | cmp - /tmp/kept && echo "$disk holds"
            done ;;
        esac
        """;

    /// <summary>What a test that changes the gates leaves behind.</summary>
    internal const string Gate =
        """{"spec":{"configuration":{"developerConfiguration":{"featureGates":["HostDisk"]} } } }""";

    /// <summary>How large the disk is that both hosts have; all of it would be sent if it were.</summary>
    internal const int SharedBytes = 16 << 20;

    internal const string Installation = "/apis/kubevirt.io/v1/namespaces/kubevirt/kubevirts/kubevirt";

    private readonly TwoHosts _hosts = new();
    private string _bootId = "";

    internal TwoHosts Hosts => _hosts;

    /// <summary>Where its disk is that both hosts have.</summary>
    internal string SharedDisk => Path.Combine(_hosts.SharedFolder, "mover.img");

    public async ValueTask InitializeAsync()
    {
        await _hosts.InitializeAsync();
        (await _hosts.Api.PatchAsync(Installation, Gate)).ShouldBe(200);
        Directory.CreateDirectory(_hosts.SharedFolder);
        await File.WriteAllBytesAsync(SharedDisk, RandomNumberGenerator.GetBytes(SharedBytes));
        var vm = new Guest(null!, Name).Document(AddDisks);
        (await _hosts.Api.SendAsync(HttpMethod.Post, $"{Api.Kubevirt}/virtualmachines", vm.ToJsonString())).ShouldBe(
            201
        );
        await Eventually.Sees(
            async () =>
                Ready().Match(Console(await FindAsync())) is { Success: true } match ? match.Groups["boot"].Value : "",
            boot => (_bootId = boot).Length > 0,
            "the guest has booted",
            timeoutSeconds: 120
        );
        await Eventually.Sees(
            FindAsync,
            vmi => IsTrue(vmi, "LiveMigratable") && IsTrue(vmi, "AgentConnected"),
            "it can be moved",
            timeoutSeconds: 120
        );
        await AskAsync("disks fill");
    }

    public ValueTask DisposeAsync() => _hosts.DisposeAsync();

    internal Task<JsonNode?> FindAsync() => _hosts.Api.FindAsync(Instance);

    internal async Task<string> HostAsync() => (string)(await FindAsync())!["status"]!["nodeName"]!;

    /// <summary>Asks for a move; gives the migration's name.</summary>
    internal async Task<string> MoveAsync()
    {
        const string Body = $$"""
            {"apiVersion":"kubevirt.io/v1","kind":"VirtualMachineInstanceMigration",
             "metadata":{"generateName":"move-"},"spec":{"vmiName":"{{Name}}"} }
            """;
        var made = (await _hosts.Api.SendAsync(HttpMethod.Post, Migrations, Body)).ShouldBe(201);
        return (string)made.Json!["metadata"]!["name"]!;
    }

    internal Task<JsonNode?> MigrationAsync(string name) => _hosts.Api.FindAsync($"{Migrations}/{name}");

    internal Task<JsonNode?> InPhaseAsync(string migration, string phase, int timeoutSeconds = 90) =>
        Eventually.Sees(
            () => MigrationAsync(migration),
            seen => (string?)seen?["status"]?["phase"] == phase,
            $"{migration} is {phase}; {_hosts.ReadLog()}",
            timeoutSeconds
        );

    internal async Task CancelAsync(string migration) =>
        (await _hosts.Api.SendAsync(HttpMethod.Delete, $"{Migrations}/{migration}")).ShouldBe(200);

    /// <summary>Waits until some of its memory has moved by a migration, and not all.</summary>
    internal async Task<JsonNode> MovesAsync(string migration)
    {
        var uid = (string)(await MigrationAsync(migration))!["metadata"]!["uid"]!;
        var moving = await Eventually.Sees(
            FindAsync,
            vmi =>
                vmi?["status"]?["migrationState"] is { } state
                && (string?)state["migrationUid"] == uid
                && (long?)state["progress"]?["memoryTotal"] > 0
                && state["endTimestamp"] is null,
            $"it moves by {migration}; {_hosts.ReadLog()}"
        );
        return moving!["status"]!["migrationState"]!;
    }

    /// <summary>MiB a second that moves may use; null for no limit.</summary>
    internal Task LimitAsync(int? mebibytes) =>
        ConfigureAsync("bandwidthPerMigration", mebibytes is null ? "null" : $"\"{mebibytes}Mi\"");

    /// <summary>Sets what the cluster says of moves.</summary>
    internal async Task ConfigureAsync(string field, string value)
    {
        var patch = $$$"""{"spec":{"configuration":{"migrations":{"{{{field}}}":{{{value}}} } } } }""";
        (await _hosts.Api.PatchAsync(Installation, patch)).ShouldBe(200);
    }

    /// <summary>Changes the template of its machine.</summary>
    internal async Task EditAsync(string spec) =>
        (await _hosts.Api.PatchAsync(Machine, $$"""{"spec":{"template":{"spec":{{spec}} } } }""")).ShouldBe(200);

    /// <summary>A condition of its machine.</summary>
    internal async Task<JsonNode?> ConditionAsync(string type) => Condition(await _hosts.Api.FindAsync(Machine), type);

    /// <summary>
    /// Waits until it runs on this host and has no domain on the other, and sees that it is the same boot and that its
    /// disks hold what it wrote to them.
    /// </summary>
    internal async Task RunsOnlyOnAsync(string host)
    {
        await Eventually.Sees(
            async () => string.Join(", ", await _hosts.DomainsAsync(Name)),
            seen => seen == $"[{host}, running]",
            $"it runs on {host} and nowhere else; {_hosts.ReadLog()}"
        );
        await Eventually.Holds(async () => await HostAsync() == host, $"it is bound to {host}");
        (await AskAsync("cat /proc/sys/kernel/random/boot_id; disks check")).ShouldBe(
            $"{_bootId}\nvda holds\nvdc holds\nvdd holds"
        );
        Directory.GetFiles(_hosts.SharedFolder).ShouldBe([SharedDisk], "no mark stays beside it");
        var uid = (string)(await FindAsync())!["metadata"]!["uid"]!;
        var left = Path.Combine(_hosts.FolderOf(TwoHosts.OtherThan(host)), "instances", uid);
        await Eventually.Holds(() => Task.FromResult(!Directory.Exists(left)), $"nothing of it stays at {left}");
    }

    /// <summary>What a command says in its shell, and not what the console showed before.</summary>
    internal async Task<string> AskAsync(string command, string name = Name)
    {
        var mark = Guid.NewGuid().ToString("N");
        await using var console = await Eventually.Get(() => OpenConsoleAsync(name), "its console is open");
        await console.SendAsync($"\necho 'BE''GIN-{mark}'; {command}; echo 'E''ND-{mark}'\n");
        var said = await console.ReadUntilAsync($"END-{mark}");
        return Guest.Answer(said, mark);
    }

    internal Task<GuestStream> OpenAsync(string stream, string name = Name) =>
        _hosts.Api.OpenStreamAsync($"{Api.Subresources}/virtualmachineinstances/{name}/{stream}");

    internal string Console(JsonNode? vmi)
    {
        var (host, uid) = ((string?)vmi?["status"]?["nodeName"], (string?)vmi?["metadata"]?["uid"]);
        var log = host is null ? "" : Path.Combine(_hosts.FolderOf(host), "instances", uid!, "console.log");
        return File.Exists(log) ? Read(log) : "";
    }

    private async Task<GuestStream?> OpenConsoleAsync(string name)
    {
        try
        {
            return await OpenAsync("console", name);
        }
        catch (System.Net.WebSockets.WebSocketException)
        {
            return null;
        }
    }

    /// <summary>
    /// Beside its root disk one that is made on each host and must be the same on both, an empty one, and one that both
    /// hosts have.
    /// </summary>
    private void AddDisks(JsonNode vm)
    {
        var seed = $"""
            #cloud-config
            hostname: {Name}
            write_files:
              - path: /bin/disks
                permissions: "0755"
                encoding: b64
                content: {Convert.ToBase64String(Encoding.UTF8.GetBytes(Disks))}
            """;
        var spec = vm["spec"]!["template"]!["spec"]!;
        foreach (
            var volume in (JsonObject[])
                [
                    new()
                    {
                        ["name"] = "seed",
                        ["cloudInitNoCloud"] = new JsonObject { ["userData"] = seed },
                    },
                    new()
                    {
                        ["name"] = "empty",
                        ["emptyDisk"] = new JsonObject { ["capacity"] = "16Mi" },
                    },
                    new()
                    {
                        ["name"] = "shared",
                        ["hostDisk"] = new JsonObject
                        {
                            ["path"] = SharedDisk,
                            ["type"] = "Disk",
                            ["shared"] = true,
                        },
                    },
                ]
        )
        {
            spec["domain"]!["devices"]!["disks"]!
                .AsArray()
                .Add(JsonNode.Parse($$$"""{"name":"{{{volume["name"]}}}","disk":{"bus":"virtio"} }"""));
            spec["volumes"]!.AsArray().Add((JsonNode)volume);
        }
    }

    private static bool IsTrue(JsonNode? vmi, string type) => (string?)Condition(vmi, type)?["status"] == "True";

    private static JsonNode? Condition(JsonNode? found, string type) =>
        found?["status"]?["conditions"]?.AsArray().FirstOrDefault(condition => (string?)condition!["type"] == type);

    private static string Read(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"VIREO-GUEST-READY .*boot_id=(?<boot>\S+)")]
    private static partial Regex Ready();
}
