using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>What is asked of the agent in a guest: who and what it is, and to hold its file systems still.</summary>
public sealed class GuestAgentTests(VireoHost host)
{
    /// <summary>/run/utmp with one entry, as login writes it: the sample guest's shells need no login.</summary>
    private static readonly byte[] LoggedIn = Utmp("root", "ttyS0", loginTime: 1_800_000_000);

    [Fact]
    public async Task The_agent_tells_of_the_system_its_users_and_its_file_systems()
    {
        await using var guest = await StartedAsync("agent-tells");

        var system = await AnswerAsync(guest, "guestosinfo");
        ((string?)system["os"]!["prettyName"]).ShouldBe("Vireo tiny guest", system.ToJsonString());
        ((string?)system["hostname"]).ShouldBe("agent-tells", system.ToJsonString());
        ((string?)system["guestAgentVersion"]).ShouldNotBeNullOrEmpty();
        system["supportedCommands"]!.AsArray().ShouldNotBeEmpty();

        var users = await AnswerAsync(guest, "userlist");
        var user = users["items"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)user["userName"]).ShouldBe("root", users.ToJsonString());
        ((double?)user["loginTime"]).ShouldBe(1_800_000_000, users.ToJsonString());

        var fileSystems = await AnswerAsync(guest, "filesystemlist");
        var mounted = fileSystems["items"]!.AsArray().First(item => (string?)item!["mountPoint"] == "/mnt")!;
        ((string?)mounted["fileSystemType"])!.ShouldStartWith("ext", Case.Sensitive, fileSystems.ToJsonString());
        ((long?)mounted["totalBytes"])!.Value.ShouldBeInRange(20 << 20, 32 << 20, fileSystems.ToJsonString());
    }

    [Fact]
    public async Task File_systems_are_frozen_until_they_are_thawed_or_the_time_is_over()
    {
        await using var guest = await StartedAsync("agent-freeze");

        (await guest.ActOnInstanceAsync("freeze", """{"unfreezeTimeout":"5m"}""")).ShouldBe(200);
        await FreezeStatusAsync(guest, "frozen");
        (await guest.ActOnInstanceAsync("unfreeze")).ShouldBe(200);
        await FreezeStatusAsync(guest, null);

        foreach (var never in (string[])["soon", "-5m"])
        {
            var body = new JsonObject { ["unfreezeTimeout"] = never }.ToJsonString();
            (await guest.ActOnInstanceAsync("freeze", body)).Code.ShouldBeOneOf(400, 422);
        }

        (await guest.ActOnInstanceAsync("freeze", """{"unfreezeTimeout":"2s"}""")).ShouldBe(200);
        await FreezeStatusAsync(guest, "frozen");
        await FreezeStatusAsync(guest, null);
        await guest.RunInGuestAsync("touch /mnt/written");
    }

    [Fact]
    public async Task A_guest_without_an_agent_is_named_as_such()
    {
        await using var guest = await new MicroGuest(host, "agent-none").StartAsync();
        await guest.BootedAsync();

        foreach (var question in (string[])["guestosinfo", "userlist", "filesystemlist"])
        {
            var answer = await host.Api.GetAsync(guest.StreamPath(question));
            answer.Code.ShouldBeInRange(400, 409, answer.ToString());
            ((string?)answer.Json["message"])!.ShouldContain("agent", Case.Insensitive, answer.ToString());
        }

        var frozen = await guest.ActOnInstanceAsync("freeze", """{"unfreezeTimeout":"5m"}""");
        frozen.Code.ShouldBeInRange(400, 409, frozen.ToString());
    }

    private async Task<Guest> StartedAsync(string name)
    {
        var guest = new Guest(host, name);
        await guest.ApplyAsync(guest.Document(vm => AddDisk(vm, name)));
        await guest.BootedAsync();
        await guest.AgentConnectedAsync();
        await guest.RunInGuestAsync("mkdir /mnt && mke2fs /dev/vdc && mount /dev/vdc /mnt");
        return guest;
    }

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

    private async Task<JsonNode> AnswerAsync(Guest guest, string question) =>
        (await host.Api.GetAsync(guest.StreamPath(question))).ShouldBe(200).Json;

    private static Task<Sight> FreezeStatusAsync(Guest guest, string? status) =>
        guest.SeenAsync(
            sight =>
                (string?)sight.Vmi?["status"]?["fsFreezeStatus"] is var seen
                && (status is null ? seen is null or "" or "thawed" : seen == status),
            $"its file systems are {status ?? "thawed"}"
        );

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
