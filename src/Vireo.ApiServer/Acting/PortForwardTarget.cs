using System.Globalization;
using Vireo.ApiServer.Answers;

namespace Vireo.ApiServer.Acting;

/// <summary>Where in the guest a stream leads: <c>portforward/{port}[/{protocol}]</c>.</summary>
/// <param name="Port">The port.</param>
/// <param name="Protocol">tcp or udp.</param>
internal sealed record PortForwardTarget(ushort Port, string Protocol)
{
    private const string Tcp = "tcp";
    private const string Udp = "udp";

    /// <summary>Reads what follows <c>portforward</c> in the path.</summary>
    /// <exception cref="StatusException">BadRequest: names what is wrong.</exception>
    public static PortForwardTarget Parse(IReadOnlyList<string> arguments) =>
        arguments switch
        {
            [var port] => new(PortOf(port), Tcp),
            [var port, (Tcp or Udp) and var protocol] => new(PortOf(port), protocol),
            [_, var protocol] => throw Refusals.BadRequest(
                $"portforward: protocol \"{protocol}\" is not known; give tcp or udp"
            ),
            _ => throw Refusals.BadRequest("portforward: give a port, as in portforward/22 or portforward/53/udp"),
        };

    /// <summary>As it stands in a path.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Port}/{Protocol}");

    private static ushort PortOf(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? port
            : throw Refusals.BadRequest($"portforward: \"{text}\" is no port; give a number from 1 to 65535");
}
