using System.CommandLine;
using System.Net;
using Vireo.Clusters;

namespace Vireo.Commands;

/// <summary>Where this host listens for a program of the user's.</summary>
internal sealed class ListenOptions
{
    private readonly Option<int> _port = new("--port") { Description = "The port to listen on; 0 for a free one." };
    private readonly Option<string> _address = Address();

    public static Option<string> Address() =>
        new("--address")
        {
            Description =
                "The address to listen on. Others reach the guest through it: loopback unless you ask for more.",
            DefaultValueFactory = _ => "127.0.0.1",
        };

    public void AddTo(Command command)
    {
        command.Options.Add(_port);
        command.Options.Add(_address);
    }

    public IPEndPoint Read(ParseResult parse) =>
        parse.GetValue(_port) is >= 0 and <= IPEndPoint.MaxPort and var port
            ? new(ParseAddress(parse.GetValue(_address)!), port)
            : throw new UsageException("--port: give a number from 0 to 65535.");

    public static IPAddress ParseAddress(string text) =>
        IPAddress.TryParse(text == "localhost" ? "127.0.0.1" : text, out var address)
            ? address
            : throw new UsageException($"--address: '{text}' is no IP address: write it like 127.0.0.1.");
}
