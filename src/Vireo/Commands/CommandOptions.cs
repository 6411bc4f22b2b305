using System.CommandLine;
using System.CommandLine.Parsing;
using Vireo.Output;
using Vireo.Running;
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
    /// <param name="csv">True where the result is rows that a spreadsheet may want.</param>
    public static Option<OutputFormat> Output(bool csv = false) =>
        new("--output", "-o")
        {
            Description = "How to print the result.",
            HelpName = csv ? "table|json|yaml|csv" : "table|json|yaml",
            CustomParser = result => ParseFormat(result, csv),
            DefaultValueFactory = _ => OutputFormat.Table,
        };

    /// <summary>Which cluster, for commands that work through the API.</summary>
    public static Option<string?> Kubeconfig() =>
        new("--kubeconfig") { Description = "The kubeconfig of the cluster. $KUBECONFIG, then ~/.kube/config." };

    /// <summary>Reads an address of https, whole.</summary>
    public static Uri? HttpsUri(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var typed) && typed.Scheme == Uri.UriSchemeHttps)
        {
            return typed;
        }

        var option = (result.Parent as OptionResult)?.Option.Name;
        result.AddError($"{option}: '{text}' is no https address: write it like https://10.0.0.1:7443.");
        return null;
    }

    /// <summary>A client for the cluster that was chosen.</summary>
    public static KubernetesClient Connect(string? kubeconfig) =>
        KubernetesClient.Connect(Runtime.Kubeconfig.Read(kubeconfig, context: null));

    /// <summary>
    /// Adds an example to the text that <c>--help</c> shows for this command, and its exit codes where it has its own.
    /// </summary>
    public static Command WithExample(this Command command, string example, string? exitCodes = null)
    {
        HelpWithExample.Add(command, example, exitCodes ?? ExitCodes.Explained);
        return command;
    }

    private static OutputFormat ParseFormat(ArgumentResult result, bool csv)
    {
        var word = result.Tokens.Single().Value;
        if (word.ToUpperInvariant() is "TABLE" or "JSON" or "YAML" || (csv && word.ToUpperInvariant() is "CSV"))
        {
            return Enum.Parse<OutputFormat>(word, ignoreCase: true);
        }

        result.AddError($"--output '{word}' is unknown: use table, json{(csv ? ", yaml or csv" : " or yaml")}.");
        return default;
    }
}
