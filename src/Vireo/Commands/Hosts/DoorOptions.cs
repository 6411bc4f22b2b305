using System.CommandLine;
using System.Net;
using Vireo.Runtime;

namespace Vireo.Commands;

/// <summary>Where an agent is reached on the network.</summary>
internal static class DoorOptions
{
    /// <param name="without">What holds when nothing is typed.</param>
    public static Option<IPEndPoint?> Listen(string without) =>
        new("--agent-listen")
        {
            Description =
                "Where the agent of this host listens for the API server and other hosts: an address, and a port if not "
                + $"{DoorEndpoint.DefaultPort}. {without}",
            HelpName = "address:port",
            CustomParser = result =>
            {
                var text = result.Tokens.Single().Value;
                if (IPEndPoint.TryParse(text, out var typed))
                {
                    typed.Port = typed.Port == 0 ? DoorEndpoint.DefaultPort : typed.Port;
                    return typed;
                }

                result.AddError($"--agent-listen: '{text}' is no address and port: write it like 10.0.0.2:7444.");
                return null;
            },
        };

    /// <summary>True for the address that stands for all of a machine.</summary>
    public static bool IsAny(IPEndPoint address) =>
        address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any);
}
