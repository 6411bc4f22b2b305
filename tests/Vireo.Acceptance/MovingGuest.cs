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

    private readonly TwoHosts _hosts = new();
    private string _bootId = "";

    internal TwoHosts Hosts => _hosts;

    public async ValueTask InitializeAsync()
    {
        await _hosts.InitializeAsync();
        var vm = new Guest(null!, Name).Document(AddSeed);
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
            vmi => Condition(vmi, "LiveMigratable") == "True" && Condition(vmi, "AgentConnected") == "True",
            "it can be moved",
            timeoutSeconds: 120
        );
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
        (await _hosts.Api.PatchAsync("/apis/kubevirt.io/v1/namespaces/kubevirt/kubevirts/kubevirt", patch)).ShouldBe(
            200
        );
    }

    /// <summary>
    /// Waits until it runs on this host and has no domain on the other, and sees that it is the same boot.
    /// </summary>
    internal async Task RunsOnlyOnAsync(string host)
    {
        await Eventually.Sees(
            async () => string.Join(", ", await _hosts.DomainsAsync(Name)),
            seen => seen == $"[{host}, running]",
            $"it runs on {host} and nowhere else; {_hosts.ReadLog()}"
        );
        await Eventually.Holds(async () => await HostAsync() == host, $"it is bound to {host}");
        (await AskAsync("cat /proc/sys/kernel/random/boot_id")).ShouldContain(_bootId);
        var uid = (string)(await FindAsync())!["metadata"]!["uid"]!;
        var left = Path.Combine(_hosts.FolderOf(TwoHosts.OtherThan(host)), "instances", uid);
        await Eventually.Holds(() => Task.FromResult(!Directory.Exists(left)), $"nothing of it stays at {left}");
    }

    /// <summary>Types a command on its console, and gives all that the console has shown since it was opened.</summary>
    internal async Task<string> AskAsync(string command, string name = Name)
    {
        var end = Guid.NewGuid().ToString("N");
        await using var console = await Eventually.Get(() => OpenConsoleAsync(name), "its console is open");
        await console.SendAsync($"\n{command}; echo 'E''ND-{end}'\n");
        return await console.ReadUntilAsync($"END-{end}");
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

    /// <summary>A disk that is made on each host, and must be the same on both.</summary>
    private static void AddSeed(JsonNode vm)
    {
        var spec = vm["spec"]!["template"]!["spec"]!;
        spec["domain"]!["devices"]!["disks"]!
            .AsArray()
            .Add(JsonNode.Parse("""{"name":"seed","disk":{"bus":"virtio"}}"""));
        spec["volumes"]!
            .AsArray()
            .Add(
                JsonNode.Parse("""{"name":"seed","cloudInitNoCloud":{"userData":"#cloud-config\nhostname: mover\n"}}""")
            );
    }

    private static string? Condition(JsonNode? vmi, string type) =>
        (string?)
            vmi
                ?["status"]?["conditions"]?.AsArray()
                .FirstOrDefault(condition => (string?)condition!["type"] == type)
                ?["status"];

    private static string Read(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"VIREO-GUEST-READY .*boot_id=(?<boot>\S+)")]
    private static partial Regex Ready();
}
