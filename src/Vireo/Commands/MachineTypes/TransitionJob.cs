using System.CommandLine;
using System.Text.Json.Nodes;
using Vireo.Clusters;
using Vireo.Runtime;

namespace Vireo.Commands;

/// <summary>The Job that does a transition in a cluster, and what it needs there.</summary>
internal static class TransitionJob
{
    private const string Manifest = "machine-type-transition-job.yaml";

    /// <summary>Options that only concern who makes the Job.</summary>
    private static readonly string[] NotForJob =
    [
        "--as-job",
        "--image",
        "--dry-run",
        "--output",
        "--kubeconfig",
        "--context",
        "--state-dir",
        "--no-wait",
        "--timeout",
        "--name",
    ];

    /// <summary>The manifests, filled in.</summary>
    /// <param name="name">The Job's name; null to let the server make one up.</param>
    /// <param name="image">The image with this program in it.</param>
    /// <param name="arguments">What the transition is told.</param>
    public static IReadOnlyList<JsonObject> Documents(string? name, string image, IReadOnlyList<string> arguments)
    {
        var documents = Yaml.ToJson(ReadManifest()).Select(document => document.AsObject()).ToList();
        var job = documents.Single(document => (string?)document["kind"] == "Job");
        if (name is not null)
        {
            job["metadata"]!.AsObject().Remove("generateName");
            job["metadata"]!["name"] = name;
        }

        var container = job["spec"]!["template"]!["spec"]!["containers"]![0]!.AsObject();
        container["image"] = image;
        container["args"] = new JsonArray([
            .. container["args"]!.AsArray().Select(word => word!.DeepClone()),
            .. arguments.Select(word => JsonValue.Create(word)),
        ]);
        return documents;
    }

    /// <summary>What was typed, as far as it concerns the Job.</summary>
    public static IReadOnlyList<string> Arguments(ParseResult typed) =>
        [
            .. typed
                .CommandResult.Command.Options.Where(option => !NotForJob.Contains(option.Name, StringComparer.Ordinal))
                .Select(option => (option.Name, Result: typed.GetResult(option)))
                .Where(given => given.Result is { Implicit: false })
                .SelectMany(given =>
                    given.Result!.Tokens is []
                        ? (IEnumerable<string>)[given.Name]
                        : given.Result.Tokens.SelectMany(token => (string[])[given.Name, token.Value])
                ),
        ];

    /// <summary>Makes what is not there yet, and the Job.</summary>
    /// <returns>The Job as the server made it.</returns>
    /// <exception cref="UsageException">The server runs no Jobs.</exception>
    public static async Task<JsonNode> CreateAsync(
        KubernetesClient client,
        IReadOnlyList<JsonObject> documents,
        CancellationToken ct
    )
    {
        await RequireJobsAsync(client, ct);
        JsonNode made = new JsonObject();
        foreach (var document in documents)
        {
            try
            {
                made = await client.PostJsonAsync(PathOf(document), document, ct);
            }
            catch (ApiException e) when (e.Reason == Reason.AlreadyExists && (string?)document["kind"] != "Job")
            {
                // An earlier Job's namespace, account and role serve this one, too.
            }
        }

        return made;
    }

    private static async Task RequireJobsAsync(KubernetesClient client, CancellationToken ct)
    {
        try
        {
            await client.GetJsonAsync("/apis/batch/v1", ct);
        }
        catch (ApiException e) when (e.Reason == Reason.NotFound)
        {
            throw new UsageException(
                "--as-job: this server runs no Jobs (it has no batch/v1). Leave --as-job out: the server itself does the "
                    + "work then; or give --run to do it in this process. --dry-run prints the Job's manifest."
            );
        }
    }

    private static string PathOf(JsonObject document)
    {
        var version = (string)document["apiVersion"]!;
        var plural = $"{((string)document["kind"]!).ToLowerInvariant()}s";
        var start = version.Contains('/') ? $"/apis/{version}" : $"/api/{version}";
        return (string?)document["metadata"]?["namespace"] is { } @namespace
            ? $"{start}/namespaces/{Uri.EscapeDataString(@namespace)}/{plural}"
            : $"{start}/{plural}";
    }

    private static string ReadManifest()
    {
        using var stream = typeof(TransitionJob).Assembly.GetManifestResourceStream(Manifest)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
