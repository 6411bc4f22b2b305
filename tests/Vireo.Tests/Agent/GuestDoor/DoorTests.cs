using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Vireo.Agent;
using Vireo.Api;

namespace Vireo.Tests.Agent;

/// <summary>Actions and questions over the agent's real socket.</summary>
public sealed class DoorTests
{
    [Theory]
    [InlineData("/var/lib/vireo")]
    [InlineData("/tmp/a b/%41#1/so?")]
    public void The_endpoint_leads_back_to_the_socket(string folder) =>
        new Uri(Vireo.Agent.GuestDoor.EndpointOf(folder)).LocalPath.ShouldBe(Vireo.Agent.GuestDoor.PathIn(folder));

    [Fact]
    public async Task The_socket_is_the_agents_own_and_a_stale_one_is_no_hindrance()
    {
        await using var room = await DoorRoom.OpenAsync();
        File.GetUnixFileMode(room.SocketPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await room.StopDoorAsync();
        await File.WriteAllTextAsync(room.SocketPath, "stale");
        await room.StartDoorAsync();
        using var answer = await room.PutAsync("pause");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_guest_is_paused_and_goes_on_and_a_repeated_request_changes_nothing()
    {
        await using var room = await DoorRoom.OpenAsync();
        foreach (
            var (action, reason) in new[] { ("pause", "PausedByUser"), ("pause", "PausedByUser"), ("unpause", null) }
        )
        {
            using var answer = await room.PutAsync(action);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await answer.Content.ReadAsStringAsync()).ShouldBeEmpty();
            (await ObserveAsync(room))!.PausedReason.ShouldBe(reason);
        }
    }

    [Theory]
    [InlineData("softreboot", RebootSource.SoftReboot)]
    [InlineData("reset", RebootSource.Reset)]
    internal async Task A_guest_is_rebooted_and_it_is_known_who_wanted_it(string action, RebootSource source)
    {
        await using var room = await DoorRoom.OpenAsync();
        using var answer = await room.PutAsync(action);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        room.Folder.ReadReboot().ShouldNotBeNull().Source.ShouldBe(source);
        (await ObserveAsync(room)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_dry_run_changes_nothing()
    {
        await using var room = await DoorRoom.OpenAsync();
        using var answer = await room.PutAsync("pause", """{"dryRun":["All"]}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ObserveAsync(room))!.PausedReason.ShouldBeNull();
    }

    [Fact]
    public async Task A_guest_that_is_gone_is_not_running()
    {
        await using var room = await DoorRoom.OpenAsync();
        await room.Hypervisor.DestroyAsync(DoorRoom.Id, CancellationToken.None);
        foreach (var action in (string[])["pause", "unpause", "freeze", "unfreeze", "softreboot", "reset"])
        {
            using var answer = await room.PutAsync(action);
            var status = await DoorRoom.StatusAsync(answer);
            status.Code.ShouldBe(409);
            status.Message.ShouldNotBeNull().ShouldEndWith("\"tiny\": VMI is not running");
        }

        room.Freeze.Read().ShouldBeNull();
    }

    [Fact]
    public async Task Another_run_of_the_same_name_is_not_meant()
    {
        await using var room = await DoorRoom.OpenAsync();
        using var answer = await room.PutAsync("pause", uid: "another");
        var status = await DoorRoom.StatusAsync(answer);
        status.Code.ShouldBe(409);
        status.Reason.ShouldBe("Conflict");
        status.Message.ShouldNotBeNull().ShouldContain("another");
        (await ObserveAsync(room))!.PausedReason.ShouldBeNull();
    }

    [Theory]
    [InlineData("GET", "virtualmachineinstances/other/guestosinfo", 404)]
    [InlineData("GET", "virtualmachineinstances/tiny", 404)]
    [InlineData("GET", "virtualmachineinstances/tiny/dance", 404)]
    [InlineData("GET", "virtualmachineinstances/tiny/guestosinfo/more", 404)]
    [InlineData("PUT", "virtualmachines/tiny/start", 404)]
    [InlineData("GET", "virtualmachineinstances/tiny/pause", 405)]
    [InlineData("PUT", "virtualmachineinstances/tiny/vnc/screenshot", 405)]
    [InlineData("GET", "virtualmachineinstances/tiny/console", 400)]
    public async Task What_is_not_served_is_refused(string method, string path, int code)
    {
        await using var room = await DoorRoom.OpenAsync();
        using var request = new HttpRequestMessage(
            new(method),
            $"/apis/subresources.kubevirt.io/v1/namespaces/default/{path}"
        );
        using var answer = await room.Http.SendAsync(request);
        (await DoorRoom.StatusAsync(answer)).Code.ShouldBe(code);
    }

    [Fact]
    public async Task The_guests_agent_is_asked()
    {
        await using var room = await DoorRoom.OpenAsync();
        var all = await ReadAsync(room, "guestosinfo", ApiJson.Default.VirtualMachineInstanceGuestAgentInfo);
        (all.Hostname, all.Os!.Id, all.FsFreezeStatus).ShouldBe(("tiny", "simulated", "thawed"));
        (
            await ReadAsync(room, "userlist", ApiJson.Default.VirtualMachineInstanceGuestOSUserList)
        ).Items.ShouldBeEmpty();
        var mounted = await ReadAsync(room, "filesystemlist", ApiJson.Default.VirtualMachineInstanceFileSystemList);
        mounted.Items.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(GuestAgentFault.NotConnected, 409)]
    [InlineData(GuestAgentFault.Silent, 504)]
    [InlineData(GuestAgentFault.Refused, 500)]
    internal async Task An_agent_that_does_not_answer_is_told_of(GuestAgentFault fault, int code)
    {
        await using var room = await DoorRoom.OpenAsync();
        room.Control.AgentFault = new(fault, "the agent is not there");
        foreach (var action in (string[])["guestosinfo", "userlist", "filesystemlist"])
        {
            using var answer = await room.Http.GetAsync(DoorRoom.PathOf(action));
            var status = await DoorRoom.StatusAsync(answer);
            status.Code.ShouldBe(code);
            status.Message.ShouldNotBeNull().ShouldContain("the agent is not there");
        }
    }

    [Fact]
    public async Task The_screen_is_shown_as_png()
    {
        await using var room = await DoorRoom.OpenAsync();
        using var answer = await room.Http.GetAsync(DoorRoom.PathOf("vnc/screenshot"));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        (await answer.Content.ReadAsByteArrayAsync()).AsSpan(1, 3).SequenceEqual("PNG"u8).ShouldBeTrue();
        using var moved = await room.Http.GetAsync(DoorRoom.PathOf("vnc/screenshot?moveCursor=true"));
        var status = await DoorRoom.StatusAsync(moved);
        status.Code.ShouldBe(400);
        status.Message.ShouldNotBeNull().ShouldStartWith("moveCursor");
    }

    /// <summary>
    /// The memory of guests that move comes through it; the server below would read in pieces of 4 KiB.
    /// </summary>
    [Fact]
    public async Task What_comes_is_read_in_large_pieces()
    {
        await using var room = await DoorRoom.OpenAsync();
        var piece = 0;
        room.Door.Moves = (http, _) =>
        {
            using var memory = http.Features.GetRequiredFeature<IMemoryPoolFeature>().MemoryPool.Rent(4096);
            piece = memory.Memory.Length;
            return Task.CompletedTask;
        };

        using var answer = await room.Http.GetAsync("/migrations/any");

        piece.ShouldBeGreaterThanOrEqualTo(64 * 1024);
    }

    private static Task<ObservedDomain?> ObserveAsync(DoorRoom room) =>
        room.Hypervisor.ObserveAsync(DoorRoom.Id.Key, CancellationToken.None);

    private static async Task<T> ReadAsync<T>(
        DoorRoom room,
        string action,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type
    )
    {
        using var answer = await room.Http.GetAsync(DoorRoom.PathOf(action));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(), type)!;
    }
}
