using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>What is asked of the agent in a guest: who and what it is, and to hold its file systems still.</summary>
[Collection(LinuxGuestCollection.Name)]
public sealed class GuestAgentTests(VireoHost host, LinuxGuest linux)
{
    [Fact]
    public async Task The_agent_tells_of_the_system_its_users_and_its_file_systems()
    {
        var guest = linux.Guest;

        var system = await AnswerAsync(guest, "guestosinfo");
        ((string?)system["os"]!["prettyName"]).ShouldBe("Vireo tiny guest", system.ToJsonString());
        ((string?)system["hostname"]).ShouldBe(guest.Name, system.ToJsonString());
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
        var guest = linux.Guest;

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

    private async Task<JsonNode> AnswerAsync(Guest guest, string question) =>
        (await host.Api.GetAsync(guest.StreamPath(question))).ShouldBe(200).Json;

    private static Task<Sight> FreezeStatusAsync(Guest guest, string? status) =>
        guest.SeenAsync(
            sight =>
                (string?)sight.Vmi?["status"]?["fsFreezeStatus"] is var seen
                && (status is null ? seen is null or "" or "thawed" : seen == status),
            $"its file systems are {status ?? "thawed"}"
        );
}
