using System.ComponentModel;

namespace Vireo.Agent;

/// <summary>Copies images with skopeo, which knows registries, archives, credentials and digests.</summary>
internal static class Skopeo
{
    private const string Policy = "/etc/containers/policy.json";

    /// <summary>The copy's name inside the draft layout.</summary>
    private const string DraftName = "image";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    /// <summary>Copies an image into a layout whose blobs are elsewhere, shared with other images.</summary>
    /// <returns>The image's manifest.</returns>
    /// <exception cref="ImageException">It cannot be copied.</exception>
    public static async Task<OciDescriptor> CopyAsync(
        ImageOrigin origin,
        string name,
        string layout,
        string blobs,
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
            .. origin.Options,
            // Layers that are packed otherwise are packed anew: one form is all that has to be unpacked here.
            "--dest-compress-format",
            "gzip",
            "--dest-shared-blob-dir",
            blobs,
            origin.Transport,
            $"oci:{layout}:{DraftName}",
        ];
        var result = await RunAsync(line, time, ct);
        return result.ExitCode is 0
            ? ReadLayout(layout, name)
            : throw new ImageException($"The image {name} cannot be had: {Reason(result)}", isTransient: true);
    }

    /// <summary>Copies an image from a layout whose blobs are elsewhere to a registry.</summary>
    /// <param name="layout">The layout with this one image, as skopeo writes it.</param>
    /// <param name="blobs">The blobs.</param>
    /// <param name="target">The name at the registry.</param>
    /// <param name="credentials">A file with the registry's credentials; null for none.</param>
    /// <param name="digest">The file to write the digest to that the copy has.</param>
    /// <param name="time">Times it.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="ImageException">It cannot be copied.</exception>
    public static async Task PushAsync(
        string layout,
        string blobs,
        string target,
        string? credentials,
        string digest,
        TimeProvider time,
        CancellationToken ct
    )
    {
        string[] policy = File.Exists(Policy) ? [] : ["--insecure-policy"];
        string[] login = credentials is null ? [] : ["--authfile", credentials];
        string[] plain = ImageName.IsOnLoopback(target) ? ["--dest-tls-verify=false"] : [];
        string[] line =
        [
            "skopeo",
            .. policy,
            "copy",
            "--quiet",
            .. login,
            .. plain,
            "--digestfile",
            digest,
            "--src-shared-blob-dir",
            blobs,
            layout,
            $"docker://{target}",
        ];
        var result = await RunAsync(line, time, ct);
        if (result.ExitCode is not 0)
        {
            throw new ImageException($"The image cannot be copied to {target}: {Reason(result)}", isTransient: true);
        }
    }

    private static async Task<CommandResult> RunAsync(string[] line, TimeProvider time, CancellationToken ct)
    {
        try
        {
            return await Command.RunAsync(line, Limit, time, ct);
        }
        catch (Win32Exception e)
        {
            throw new ImageException(
                "Images are copied by skopeo, which is missing: install the package skopeo.",
                isTransient: true,
                e
            );
        }
    }

    private static OciDescriptor ReadLayout(string layout, string name) =>
        OciJson
            .Read(File.ReadAllBytes(Path.Combine(layout, "index.json")), OciJson.Default.OciIndex)
            ?.Images.FirstOrDefault()
        ?? throw new ImageException($"The image {name} holds no manifest for this platform.", isTransient: false);

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

/// <summary>Where an image comes from.</summary>
/// <param name="Transport">The place, as skopeo writes it.</param>
/// <param name="Options">What skopeo needs to be told to get in.</param>
internal sealed record ImageOrigin(string Transport, IReadOnlyList<string> Options)
{
    /// <summary>True when skopeo holds the image against the digest in its name.</summary>
    public bool IsRegistry => Transport.StartsWith("docker://", StringComparison.Ordinal);
}
