using System.CommandLine;
using System.Net;
using Vireo.Commands;

namespace Vireo.Tests.Program;

public sealed class ServerOptionsTests
{
    [Fact]
    public void Who_names_no_address_is_served_on_loopback_alone()
    {
        var listen = ServerOptions.Listen();
        var said = new RootCommand { listen }
            .Parse([])
            .GetRequiredValue(listen);

        IPAddress.IsLoopback(ServerOptions.Parse("state", said, []).Address).ShouldBeTrue();
    }
}
