using System.Net;
using System.Net.Sockets;
using System.Text;
using Vireo.Api;

namespace Vireo.Tests.Agent;

/// <summary>Ports of a guest behind the agent's real socket; the guest is this machine's loopback.</summary>
public sealed class PortTests
{
    [Theory]
    [InlineData("")]
    [InlineData("/tcp")]
    public async Task Bytes_go_both_ways_until_the_guest_closes(string protocol)
    {
        await using var room = await DoorRoom.OpenAsync(Addressed);
        using var service = new TcpListener(IPAddress.Loopback, 0);
        service.Start();
        using var client = await room.DialAsync($"portforward/{PortOf(service.LocalEndpoint)}{protocol}");
        using (var guest = await service.AcceptTcpClientAsync())
        {
            await client.WriteAsync("ping");
            var buffer = new byte[4];
            await guest.GetStream().ReadExactlyAsync(buffer);
            Encoding.ASCII.GetString(buffer).ShouldBe("ping");
            await guest.GetStream().WriteAsync("pong"u8.ToArray());
        }

        (await client.ReadToEndAsync()).ShouldBe("pong");
        client.CloseStatus.ShouldBe(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure);
    }

    [Fact]
    public async Task A_message_is_a_datagram()
    {
        await using var room = await DoorRoom.OpenAsync(Addressed);
        using var guest = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var client = await room.DialAsync($"portforward/{PortOf(guest.Client.LocalEndPoint!)}/udp");
        await client.SendAsync("in "u8.ToArray(), System.Net.WebSockets.WebSocketMessageType.Binary, false, default);
        await client.WriteAsync("parts");
        var got = await guest.ReceiveAsync();
        Encoding.ASCII.GetString(got.Buffer).ShouldBe("in parts");
        await guest.SendAsync("answer"u8.ToArray(), got.RemoteEndPoint);
        (await client.ReadUntilAsync("answer")).ShouldBe("answer");
    }

    [Fact]
    public async Task A_port_that_nobody_listens_at_is_named_before_the_stream_opens()
    {
        await using var room = await DoorRoom.OpenAsync(Addressed);
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = PortOf(closed.LocalEndPoint!);
        var refusal = await room.RefusalAsync($"portforward/{port}");
        refusal.Code.ShouldBe(503);
        refusal.Message.ShouldNotBeNull().ShouldContain($"127.0.0.1 port {port}/tcp");
    }

    [Theory]
    [InlineData("portforward")]
    [InlineData("portforward/0")]
    [InlineData("portforward/65536")]
    [InlineData("portforward/http")]
    [InlineData("portforward/22/sctp")]
    [InlineData("portforward/22/tcp/more")]
    public async Task A_port_that_is_none_is_refused(string action)
    {
        await using var room = await DoorRoom.OpenAsync(Addressed);
        var refusal = await room.RefusalAsync(action);
        refusal.Code.ShouldBe(400);
        refusal.Message.ShouldNotBeNull().ShouldContain(action);
    }

    [Fact]
    public async Task A_guest_without_an_address_is_waited_for_by_its_client()
    {
        await using var room = await DoorRoom.OpenAsync();
        var refusal = await room.RefusalAsync("portforward/22");
        refusal.Code.ShouldBe(400);
        refusal.Message.ShouldNotBeNull().ShouldContain("status.interfaces");
    }

    private static int PortOf(EndPoint endPoint) => ((IPEndPoint)endPoint).Port;

    private static VirtualMachineInstance Addressed(VirtualMachineInstance instance) =>
        instance with
        {
            Status = instance.Status! with { Interfaces = [new() { Name = "default", IpAddress = "127.0.0.1" }] },
        };
}
