using System.Net;
using Vireo.Runtime;

namespace Vireo.Tests.Runtime.Doors;

public sealed class DoorEndpointTests
{
    [Theory]
    [InlineData("unix:///var/lib/vireo/agent.sock", false)]
    [InlineData("https://10.0.0.2:7444", true)]
    [InlineData("https://host2.example.com:7444", true)]
    [InlineData("https://[fd00::2]:7444", true)]
    public void An_endpoint_is_read_and_written_alike(string text, bool isRemote)
    {
        var endpoint = DoorEndpoint.Parse(text).ShouldNotBeNull();
        endpoint.IsRemote.ShouldBe(isRemote);
        endpoint.ToString().ShouldBe(text);
    }

    [Fact]
    public void An_address_of_the_network_is_written_as_an_endpoint()
    {
        DoorEndpoint.At(IPEndPoint.Parse("[fd00::2]:7444")).ToString().ShouldBe("https://[fd00::2]:7444");
        DoorEndpoint.At("/a b/c").ToString().ShouldBe("unix:///a%20b/c");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("agent.sock")]
    [InlineData("http://10.0.0.2:7444")]
    [InlineData("https://10.0.0.2:7444/admin")]
    [InlineData("https://me@10.0.0.2:7444")]
    [InlineData("https://10.0.0.2:7444/?x=1")]
    [InlineData("https://10.0.0.2:7444/#x")]
    [InlineData("unix://host/run/docker.sock")]
    [InlineData("file:///etc/passwd")]
    public void Nothing_else_is_an_endpoint(string? text) => DoorEndpoint.Parse(text).ShouldBeNull();
}
