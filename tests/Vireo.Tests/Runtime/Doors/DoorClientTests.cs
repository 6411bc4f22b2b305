using System.Net;
using System.Net.Sockets;
using System.Text;
using Vireo.Runtime;

namespace Vireo.Tests.Runtime.Doors;

public sealed class DoorClientTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vireo-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Door => Path.Combine(_folder, "agent.sock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_door_on_this_machine_that_opens_a_moment_later_is_waited_for()
    {
        var endpoint = DoorEndpoint.Parse($"unix://{Door}")!;
        using var client = DoorClient.Open(endpoint, "here", trust: null);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        // Bound and not yet listening: whoever connects is refused, as right before an agent's door opens.
        listener.Bind(new UnixDomainSocketEndPoint(Door));
        var asked = client.GetAsync(new Uri("anything", UriKind.Relative), Ct);
        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        asked.IsCompleted.ShouldBeFalse();

        listener.Listen();
        using var caller = await listener.AcceptAsync(Ct);
        await caller.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 204 No Content\r\n\r\n"), Ct);

        using var answer = await asked;
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_door_that_stays_closed_is_given_up()
    {
        using var client = DoorClient.Open(DoorEndpoint.Parse($"unix://{Door}")!, "here", trust: null);

        var failed = await Should.ThrowAsync<HttpRequestException>(() =>
            client.GetAsync(new Uri("anything", UriKind.Relative), Ct)
        );
        failed.HttpRequestError.ShouldBe(HttpRequestError.ConnectionError);
    }
}
