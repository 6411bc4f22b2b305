using System.Globalization;
using System.Net;
using Vireo.Clusters;

namespace Vireo.Streams;

/// <summary>One port of a guest that is reached through a port of this host.</summary>
/// <param name="Protocol"><c>tcp</c> or <c>udp</c>.</param>
/// <param name="Local">The port of this host; 0 for a free one.</param>
/// <param name="Remote">The port of the guest.</param>
internal sealed record ForwardedPort(string Protocol, int Local, int Remote)
{
    /// <summary>Reads <c>[PROTOCOL/]LOCAL[:REMOTE]</c>.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static ForwardedPort Parse(string text)
    {
        var (protocol, ports) = text.Split('/', 2) is [var first, var rest] ? (first, rest) : ("tcp", text);
        var (local, remote) = ports.Split(':', 2) is [var left, var right] ? (left, right) : (ports, ports);
        return protocol is "tcp" or "udp" && Number(local) is { } from && Number(remote) is > 0 and var to
            ? new(protocol, from, to)
            : throw new UsageException(
                $"'{text}' names no port: write LOCAL, LOCAL:REMOTE, tcp/LOCAL:REMOTE or udp/LOCAL:REMOTE."
            );
    }

    /// <summary>Where the stream to it is, below its guest.</summary>
    public string Subresource => string.Create(CultureInfo.InvariantCulture, $"portforward/{Remote}/{Protocol}");

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number <= IPEndPoint.MaxPort
            ? number
            : null;
}
