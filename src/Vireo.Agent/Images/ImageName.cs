using System.Net;
using System.Text.RegularExpressions;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>An image's name as container tools write it: <c>registry:port/path/name:tag@digest</c>.</summary>
internal static partial class ImageName
{
    /// <summary>The name in its short form with its tag, <c>:latest</c> when it has neither tag nor digest.</summary>
    /// <exception cref="ImageException">It is no image's name.</exception>
    public static string Normalize(string name)
    {
        if (!Form().IsMatch(name))
        {
            throw new ImageException(
                $"'{name}' is no name of an image: write it like registry.example:5000/folder/name:tag.",
                isTransient: false
            );
        }

        return ImageNames.Normalize(name);
    }

    /// <summary>The name for a registry: a digest says all, and skopeo takes no tag beside it.</summary>
    public static string AtRegistry(string name)
    {
        var at = name.IndexOf('@', StringComparison.Ordinal);
        var tag = at < 0 ? -1 : name.LastIndexOf(':', at);
        return tag > name.LastIndexOf('/') ? name[..tag] + name[at..] : name;
    }

    /// <summary>The digest that the name demands; null when it does not.</summary>
    public static string? DigestOf(string name) => name.Split('@') is [_, var digest] ? digest : null;

    /// <summary>
    /// True when the registry is on this machine: such a one may be reached without TLS, as Docker has it.
    /// </summary>
    public static bool IsOnLoopback(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? "" : name[..slash].Split(':')[0];
        return host is "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    }

    [GeneratedRegex(
        @"\A[A-Za-z0-9][A-Za-z0-9._-]*(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?\z",
        RegexOptions.ExplicitCapture,
        Timeout.Infinite
    )]
    private static partial Regex Form();
}
