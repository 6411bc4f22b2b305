using System.Globalization;
using Vireo.Clusters;

namespace Vireo.Streams;

/// <summary>What the host's ssh is told to reach a guest through a port-forward of this program.</summary>
internal sealed record SshCommandLine
{
    /// <summary>The guest.</summary>
    public required Target Guest { get; init; }

    /// <summary>This program, and the options that lead it to the same cluster.</summary>
    public required IReadOnlyList<string> Program { get; init; }

    /// <summary>The user in the guest; null for the one here.</summary>
    public string? User { get; init; }

    /// <summary>The private key; null for those ssh finds itself.</summary>
    public string? IdentityFile { get; init; }

    /// <summary>Where the guests' keys are kept; null for ssh's own file.</summary>
    public string? KnownHosts { get; init; }

    /// <summary>The guest's port.</summary>
    public int Port { get; init; } = 22;

    /// <summary>What to run; null for a shell.</summary>
    public string? Remote { get; init; }

    /// <summary>Options handed to ssh as they are.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>The arguments.</summary>
    public IReadOnlyList<string> Arguments()
    {
        var host = $"{Guest.ShortKind}.{Guest.Name}.{Guest.Namespace}";
        List<string> arguments = ["-o", $"ProxyCommand={Proxy()}", "-o", $"HostKeyAlias={host}"];
        if (KnownHosts is not null)
        {
            arguments.AddRange(["-o", $"UserKnownHostsFile={KnownHosts}"]);
        }

        if (IdentityFile is not null)
        {
            arguments.AddRange(["-i", IdentityFile]);
        }

        arguments.AddRange(Options);
        arguments.Add(User is null ? host : $"{User}@{host}");
        if (Remote is not null)
        {
            arguments.Add(Remote);
        }

        return arguments;
    }

    private string Proxy()
    {
        IEnumerable<string> words =
        [
            .. Program.Take(1),
            "port-forward",
            "--stdio=true",
            .. Program.Skip(1),
            $"{Guest.ShortKind}/{Guest.Name}/{Guest.Namespace}",
            Port.ToString(CultureInfo.InvariantCulture),
        ];
        return string.Join(' ', words.Select(Quoted));
    }

    /// <summary>ssh expands percent signs and gives the rest to a shell.</summary>
    private static string Quoted(string word)
    {
        var escaped = word.Replace("%", "%%", StringComparison.Ordinal);
        return
            escaped.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=:,@+".Contains(c, StringComparison.Ordinal))
            && escaped.Length > 0
            ? escaped
            : $"'{escaped.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
