using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>The classes that share one running guest.</summary>
[CollectionDefinition(Name)]
public sealed class LinuxGuestCollection : ICollectionFixture<LinuxGuest>
{
    public const string Name = "one linux guest";
}

/// <summary>
/// One sample guest that runs as long as the tests of its collection: with an agent, an address, somebody logged in,
/// and a file system on a disk at /mnt.
/// </summary>
public sealed class LinuxGuest(VireoHost host) : IAsyncLifetime
{
    private const string Name = "shared-linux";

    /// <summary>/run/utmp with one entry, as login writes it: the sample guest's shells need no login.</summary>
    private static readonly byte[] LoggedIn = Utmp("root", "ttyS0", loginTime: 1_800_000_000);

    private readonly Guest _guest = new(host, Name);

    internal Guest Guest => _guest;

    public async ValueTask InitializeAsync()
    {
        await _guest.ApplyAsync(_guest.Document(vm => AddDisk(vm, Name)));
        await _guest.BootedAsync();
        await _guest.AgentConnectedAsync();
        await _guest.SeenAsync(
            sight => (string?)sight.Vmi?["status"]?["interfaces"]?[0]?["ipAddress"] is { Length: > 0 },
            "it has an address"
        );
        await _guest.RunInGuestAsync("mkdir /mnt && mke2fs /dev/vdc && mount /dev/vdc /mnt");
        await _guest.RunInGuestAsync("mkdir /srv; echo served-by-the-guest >/srv/index.html; httpd -p 8080 -h /srv");
    }

    public ValueTask DisposeAsync() => _guest.DisposeAsync();

    private static void AddDisk(JsonNode vm, string name)
    {
        var spec = vm["spec"]!["template"]!["spec"]!;
        var userData = $$"""
            #cloud-config
            hostname: {{name}}
            write_files:
              - path: /run/utmp
                encoding: b64
                content: {{Convert.ToBase64String(LoggedIn)}}
            """;
        var disks = spec["domain"]!["devices"]!["disks"]!.AsArray();
        disks.Add(JsonNode.Parse("""{"name":"seed","disk":{"bus":"virtio"}}"""));
        disks.Add(JsonNode.Parse("""{"name":"data","disk":{"bus":"virtio"}}"""));
        var volumes = spec["volumes"]!.AsArray();
        volumes.Add(
            (JsonNode)
                new JsonObject
                {
                    ["name"] = "seed",
                    ["cloudInitNoCloud"] = new JsonObject { ["userData"] = userData },
                }
        );
        volumes.Add(JsonNode.Parse("""{"name":"data","emptyDisk":{"capacity":"32Mi"}}"""));
    }

    private static byte[] Utmp(string user, string line, int loginTime)
    {
        var entry = new byte[384];
        entry[0] = 7;
        entry[4] = 1;
        System.Text.Encoding.ASCII.GetBytes(line, entry.AsSpan(8));
        System.Text.Encoding.ASCII.GetBytes(user, entry.AsSpan(44));
        BitConverter.TryWriteBytes(entry.AsSpan(340), loginTime).ShouldBeTrue();
        return entry;
    }
}
