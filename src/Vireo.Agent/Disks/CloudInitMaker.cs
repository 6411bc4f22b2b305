using System.ComponentModel;
using System.Text;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Makes the disk labelled cidata from which cloud-init takes a guest's first settings (NoCloud).</summary>
internal sealed class CloudInitMaker(SecretReader secrets, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public async Task<PreparedDisk> MakeAsync(
        VirtualMachineInstance vmi,
        string volume,
        CloudInitNoCloudSource source,
        string folder,
        CancellationToken ct
    )
    {
        var path = Path.Combine(folder, $"{volume}.iso");
        if (!File.Exists(path))
        {
            var content = Path.Combine(folder, $"{volume}.d");
            RemoveIfThere(content);
            Directory.CreateDirectory(
                content,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
            try
            {
                await WriteAsync(vmi, source, content, ct);
                await WholeFile.MakeAsync(path, draft => PackAsync(content, draft, ct));
            }
            finally
            {
                RemoveIfThere(content);
            }
        }

        return new PreparedDisk(volume, path, "raw", ReadOnly: true, new FileInfo(path).Length, BackingDigest: null);
    }

    private async Task WriteAsync(
        VirtualMachineInstance vmi,
        CloudInitNoCloudSource source,
        string content,
        CancellationToken ct
    )
    {
        var user = source switch
        {
            { UserData: { } text } => Encoding.UTF8.GetBytes(text),
            { UserDataBase64: { } encoded } => Decode("userDataBase64", encoded),
            { SecretRef.Name: { } name } => await ReadAsync(vmi, name, "userdata", "userData", ct),
            _ => [],
        };
        var network = source switch
        {
            { NetworkData: { } text } => Encoding.UTF8.GetBytes(text),
            { NetworkDataBase64: { } encoded } => Decode("networkDataBase64", encoded),
            { NetworkDataSecretRef.Name: { } name } => await ReadAsync(vmi, name, "networkdata", "networkData", ct),
            _ => null,
        };
        await File.WriteAllTextAsync(Path.Combine(content, "meta-data"), CloudInitMetadata.Of(vmi), ct);
        await File.WriteAllBytesAsync(Path.Combine(content, "user-data"), user, ct);
        if (network is not null)
        {
            await File.WriteAllBytesAsync(Path.Combine(content, "network-config"), network, ct);
        }
    }

    private async Task<byte[]> ReadAsync(
        VirtualMachineInstance vmi,
        string name,
        string entry,
        string otherEntry,
        CancellationToken ct
    )
    {
        var key = new ResourceKey(vmi.Metadata.Namespace, name);
        return await secrets.ReadAsync(key, [entry, otherEntry], ct)
            ?? throw new DiskException("FailedSecret", $"The Secret {key} has no entry {entry}.", isTransient: true);
    }

    private async Task PackAsync(string content, string path, CancellationToken ct)
    {
        // Without the settings of whoever runs the agent.
        string[] line =
        [
            "xorriso",
            "-no_rc",
            "-as",
            "mkisofs",
            "-quiet",
            "-V",
            "cidata",
            "-J",
            "-r",
            "-o",
            path,
            content,
        ];
        try
        {
            var result = await Command.RunAsync(line, Limit, time, ct);
            if (result.ExitCode is not 0)
            {
                throw new DiskException("FailedDisk", $"xorriso failed: {result.Error.Trim()}", isTransient: true);
            }
        }
        catch (Win32Exception)
        {
            throw new DiskException(
                "FailedDisk",
                "cloud-init disks are made by xorriso: install the package xorriso.",
                isTransient: true
            );
        }
    }

    private static void RemoveIfThere(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Decode(string field, string encoded)
    {
        try
        {
            return Convert.FromBase64String(encoded);
        }
        catch (FormatException)
        {
            throw new DiskException("InvalidDisk", $"cloudInitNoCloud.{field} is not base64.", isTransient: false);
        }
    }
}
