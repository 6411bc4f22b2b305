using System.ComponentModel;
using System.Text.Json;

namespace Vireo.Agent;

/// <summary>Copies images with skopeo, which knows registries, archives, credentials and digests.</summary>
internal static class Skopeo
{
    private const string Policy = "/etc/containers/policy.json";

    /// <summary>The copy's name inside the draft layout.</summary>
    private const string DraftName = "image";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    /// <summary>Copies an image into a layout whose blobs are elsewhere, shared with other images.</summary>
    /// <exception cref="ImageException">It cannot be copied.</exception>
    public static async Task CopyAsync(
        string source,
        string name,
        string layout,
        string blobs,
        IReadOnlyList<string> options,
        TimeProvider time,
        CancellationToken ct
    )
    {
        Directory.CreateDirectory(blobs);
        // Where the administrator says which signatures to trust, that holds; Debian says nothing and skopeo insists.
        string[] policy = File.Exists(Policy) ? [] : ["--insecure-policy"];
        string[] line =
        [
            "skopeo",
            .. policy,
            "copy",
            "--quiet",
            .. options,
            "--dest-shared-blob-dir",
            blobs,
            source,
            $"oci:{layout}:{DraftName}",
        ];
        CommandResult result;
        try
        {
            result = await Command.RunAsync(line, Limit, time, ct);
        }
        catch (Win32Exception e)
        {
            throw new ImageException(
                "Images are copied by skopeo, which is missing: install the package skopeo.",
                false,
                e
            );
        }

        if (result.ExitCode is not 0)
        {
            throw new ImageException($"The image {name} cannot be had: {Reason(result)}", isTransient: true);
        }
    }

    /// <summary>What the draft holds.</summary>
    public static OciDescriptor ReadLayout(string layout, string name)
    {
        var index = JsonSerializer.Deserialize(
            File.ReadAllBytes(Path.Combine(layout, "index.json")),
            OciJson.Default.OciIndex
        );
        return index?.Manifests is [var only, ..]
            ? only
            : throw new ImageException($"The image {name} holds no manifest for this platform.", isTransient: false);
    }

    /// <summary>skopeo logs as <c>time="..." level=fatal msg="..."</c>; the message alone is for people.</summary>
    private static string Reason(CommandResult result)
    {
        if (result.ExitCode is null)
        {
            return $"it was not there within {Limit.TotalMinutes} minutes.";
        }

        var last = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "skopeo failed.";
        var start = last.IndexOf("msg=\"", StringComparison.Ordinal);
        return start < 0 ? last : last[(start + 5)..].TrimEnd('"').Replace("\\\"", "\"", StringComparison.Ordinal);
    }
}
