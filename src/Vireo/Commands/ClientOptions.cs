using System.CommandLine;
using Vireo.Clusters;
using Vireo.Running;
using Vireo.Runtime;

namespace Vireo.Commands;

/// <summary>Which cluster a client command works on, and how its errors are told.</summary>
internal sealed class ClientOptions
{
    private const string AdminKubeconfig = "admin.kubeconfig";

    private readonly Option<string?> _kubeconfig = new("--kubeconfig")
    {
        Description =
            "The kubeconfig of the cluster. $KUBECONFIG, then that of 'vireo up' on this host, then a pod's "
            + "account, then ~/.kube/config.",
    };

    private readonly Option<string?> _context = new("--context")
    {
        Description = "The context of the kubeconfig; the current one when not given.",
    };

    private readonly Option<string?> _namespace = new("--namespace", "-n")
    {
        Description = "The namespace; the context's, else default.",
    };

    private readonly Option<string> _state = CommandOptions.StateDir();

    /// <param name="command">The command.</param>
    /// <param name="hasNamespace">False where it says by options of its own which namespaces it is about.</param>
    public void AddTo(Command command, bool hasNamespace = true)
    {
        if (hasNamespace)
        {
            command.Options.Add(_namespace);
        }

        command.Options.Add(_kubeconfig);
        command.Options.Add(_context);
        command.Options.Add(_state);
    }

    /// <summary>Does the work of a command on the cluster, and makes an exit code of what goes wrong.</summary>
    public Task<int> RunAsync(
        ParseResult parse,
        Func<Cluster, Task<int>> work,
        CancellationToken ct,
        int failure = ExitCodes.Failure
    ) => ClientGuard.RunAsync(() => work(Open(parse)), ct, failure);

    private Cluster Open(ParseResult parse)
    {
        var path = parse.GetValue(_kubeconfig) ?? LocalKubeconfig(parse);
        var context = parse.GetValue(_context);
        var connection = Pod(path, context) ?? Kubeconfig.Read(path, context);
        var @namespace = parse.GetValue(_namespace) ?? connection.Namespace;
        List<string> arguments = ["--namespace", @namespace];
        if (path is not null)
        {
            arguments.AddRange(["--kubeconfig", Path.GetFullPath(path)]);
        }

        if (context is not null)
        {
            arguments.AddRange(["--context", context]);
        }

        return new(KubernetesClient.Connect(connection), @namespace, arguments) { Connection = connection };
    }

    /// <summary>The account of the pod that this runs in, where nothing else was named.</summary>
    private static KubeconfigConnection? Pod(string? path, string? context) =>
        path is null && context is null && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("KUBECONFIG"))
            ? Kubeconfig.InCluster()
            : null;

    /// <summary>What was typed counts before what is set, and that before what merely lies there.</summary>
    private string? LocalKubeconfig(ParseResult parse)
    {
        var path = Path.Combine(parse.GetValue(_state)!, AdminKubeconfig);
        var isTyped = parse.GetResult(_state) is { Implicit: false };
        var isSet = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("KUBECONFIG"));
        return isTyped || (!isSet && File.Exists(path)) ? path : null;
    }
}
