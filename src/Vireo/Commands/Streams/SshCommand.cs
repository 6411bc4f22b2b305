using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Vireo.Clusters;
using Vireo.Running;
using Vireo.Streams;

namespace Vireo.Commands;

/// <summary>`vireo ssh`: the host's ssh, led into a guest.</summary>
internal static class SshCommand
{
    private static readonly Argument<string> Guest = new("guest")
    {
        Description = "[USER@]NAME, [USER@]vm/NAME or [USER@]vmi/NAME[/NAMESPACE].",
    };

    private static readonly Option<string?> User = new("--username", "-l") { Description = "The user in the guest." };

    private static readonly Option<string?> Identity = new("--identity-file", "-i")
    {
        Description = "The private key.",
    };

    private static readonly Option<int> Port = new("--port", "-p")
    {
        Description = "The guest's port.",
        DefaultValueFactory = _ => 22,
    };

    private static readonly Option<string?> Remote = new("--command", "-c")
    {
        Description = "What to run in the guest instead of a shell.",
    };

    private static readonly Option<string[]> Passed = new("--local-ssh-opts", "-t")
    {
        Description = "An option for the host's ssh, as it stands; may be given several times.",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> KnownHosts = new("--known-hosts")
    {
        Description = "Where the guests' keys are kept; ssh's own file when not given.",
    };

    public static Command Create()
    {
        var client = new ClientOptions();
        var command = new Command("ssh", "Opens a shell in a guest with the ssh of this host; nothing else is needed.")
        {
            Guest,
            User,
            Identity,
            Port,
            Remote,
            Passed,
            KnownHosts,
        };
        client.AddTo(command);
        command.SetAction((parse, ct) => client.RunAsync(parse, cluster => RunAsync(CommandLine(parse, cluster)), ct));
        return command.WithExample("vireo ssh root@vm/web\nvireo ssh web -l alpine -i ~/.ssh/id_ed25519 -c uptime");
    }

    private static SshCommandLine CommandLine(ParseResult parse, Cluster cluster)
    {
        var typed = parse.GetValue(Guest)!;
        var at = typed.IndexOf('@', StringComparison.Ordinal);
        return new()
        {
            Guest = Target.Parse(typed[(at + 1)..], cluster.Namespace, TargetKind.Machine),
            Program = [.. ThisProgram(), .. cluster.Arguments],
            User = at > 0 ? typed[..at] : parse.GetValue(User),
            IdentityFile = parse.GetValue(Identity),
            KnownHosts = parse.GetValue(KnownHosts),
            Port = parse.GetValue(Port),
            Remote = parse.GetValue(Remote),
            Options = parse.GetValue(Passed)!,
        };
    }

    private static IReadOnlyList<string> ThisProgram() => [Environment.ProcessPath ?? "vireo"];

    private static async Task<int> RunAsync(SshCommandLine line)
    {
        try
        {
            using var ssh = Process.Start(new ProcessStartInfo("ssh", line.Arguments()))!;
            // Signals of the terminal reach ssh itself: its end is this one's.
            await ssh.WaitForExitAsync(CancellationToken.None);
            return ssh.ExitCode;
        }
        catch (Win32Exception e)
        {
            throw new StartException($"'ssh' cannot be run: {e.Message}. Install the package openssh-client.", e);
        }
    }
}
