using System.CommandLine;
using Vireo.Output;
using Vireo.Runtime;

namespace Vireo.Commands;

/// <summary>Options that several commands share, so that they are named and described alike.</summary>
internal static class CommandOptions
{
    private const string DefaultStateFolder = "/var/lib/vireo";

    /// <summary>Where the host keeps its state.</summary>
    public static Option<string> StateDir() =>
        new("--state-dir")
        {
            Description =
                "Folder with the host's state: store, keys, images, instances. $VIREO_STATE or /var/lib/vireo.",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("VIREO_STATE") ?? DefaultStateFolder,
        };

    /// <summary>How results are printed.</summary>
    public static Option<OutputFormat> Output() =>
        new("--output", "-o") { Description = "table, json or yaml.", DefaultValueFactory = _ => OutputFormat.Table };

    /// <summary>Which cluster, for commands that work through the API.</summary>
    public static Option<string?> Kubeconfig() =>
        new("--kubeconfig") { Description = "The kubeconfig of the cluster. $KUBECONFIG, then ~/.kube/config." };

    /// <summary>A client for the cluster that was chosen.</summary>
    public static KubernetesClient Connect(string? kubeconfig) =>
        KubernetesClient.Connect(Runtime.Kubeconfig.Read(kubeconfig, context: null));

    /// <summary>Adds an example to the text that <c>--help</c> shows.</summary>
    public static Command WithExample(this Command command, string example)
    {
        HelpWithExample.Add(command, example);
        return command;
    }
}
