using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Vireo.Agent;

/// <summary>
/// What an agent was about to do when it wrote this: the proof, after a crash, that a domain may have run.
/// </summary>
/// <param name="Uid">The instance.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="At">Nothing before this is about this run.</param>
internal sealed record StartIntent(string Uid, string Namespace, string Name, DateTimeOffset At)
{
    /// <summary>Which boot of the host this was in; null when an older agent wrote it.</summary>
    public string? BootId { get; init; }

    /// <summary>True when the guest was to end by its reboot.</summary>
    public bool EndsOnReboot { get; init; }
}

/// <summary>A reboot that a user wanted of a running guest.</summary>
/// <param name="Source">How.</param>
/// <param name="At">When.</param>
/// <param name="EndsGuest">True when the guest was to end by it.</param>
internal sealed record RebootIntent(RebootSource Source, DateTimeOffset At, bool EndsGuest);

/// <summary>How intents are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    WriteIndented = true
)]
[JsonSerializable(typeof(StartIntent))]
[JsonSerializable(typeof(RebootIntent))]
[JsonSerializable(typeof(KvmFinding))]
[JsonSerializable(typeof(FreezeNote))]
internal sealed partial class AgentJson : JsonSerializerContext;

/// <summary>The folder of one instance's run: its disks, sockets, logs, and the intent to start it.</summary>
/// <param name="stateFolder">The agent's state folder.</param>
/// <param name="uid">The instance.</param>
internal sealed class InstanceFolder(string stateFolder, string uid)
{
    /// <summary>The longest path that a unix socket can have on Linux, in bytes, its final zero left out.</summary>
    public const int MaxSocketPathBytes = 107;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Where it is.</summary>
    public string Path { get; } = System.IO.Path.Combine(stateFolder, "instances", uid);

    /// <summary>True when this agent has begun to make the instance's guest.</summary>
    public bool Exists => Directory.Exists(Path);

    private string IntentPath => System.IO.Path.Combine(Path, "intent.json");

    private string RebootPath => System.IO.Path.Combine(Path, "reboot.json");

    /// <summary>Where a guest's sockets and logs go.</summary>
    /// <param name="guestUuid">The guest's identity, which stays over its runs.</param>
    /// <param name="network">The libvirt network of the guests.</param>
    public DomainPaths Paths(string? guestUuid, string network) =>
        new(
            System.IO.Path.Combine(Path, "console.sock"),
            System.IO.Path.Combine(Path, "console.log"),
            System.IO.Path.Combine(Path, "vnc.sock"),
            System.IO.Path.Combine(Path, "efi-vars.fd"),
            System.IO.Path.Combine(stateFolder, "firmware", $"{guestUuid}.fd"),
            network
        );

    /// <summary>Why this state folder cannot hold guests' sockets; null when it can.</summary>
    public static string? PathFault(string stateFolder)
    {
        var socket = new InstanceFolder(stateFolder, Guid.Empty.ToString()).Paths(null, "").ConsoleSocket;
        var excess = Encoding.UTF8.GetByteCount(socket) - MaxSocketPathBytes;
        return excess <= 0
            ? null
            : $"The state folder's path '{stateFolder}' is {excess} bytes too long: Linux limits the paths of sockets "
                + $"to {MaxSocketPathBytes} bytes. Choose a folder with a shorter path.";
    }

    /// <summary>The uids of all instances that have a folder.</summary>
    public static IEnumerable<string> List(string stateFolder)
    {
        var folder = System.IO.Path.Combine(stateFolder, "instances");
        return Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder).Select(path => System.IO.Path.GetFileName(path))
            : [];
    }

    /// <summary>Makes the folder. QEMU may run as another user, who must be able to pass through.</summary>
    public void Create()
    {
        const UnixFileMode passThrough =
            UnixFileMode.UserRead
            | UnixFileMode.UserWrite
            | UnixFileMode.UserExecute
            | UnixFileMode.GroupExecute
            | UnixFileMode.OtherExecute;
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("Guests run on Linux hosts only.");
        }

        Directory.CreateDirectory(Path, passThrough);
        Directory.CreateDirectory(System.IO.Path.Combine(stateFolder, "firmware"), passThrough);
    }

    /// <summary>The intent; null when none was ever written whole.</summary>
    public StartIntent? ReadIntent() => Read(IntentPath, AgentJson.Default.StartIntent);

    /// <summary>Writes the intent, whole or not at all. Call before the domain is started.</summary>
    /// <remarks>
    /// Should its name be lost with the host's power, then so is the guest, and starting it is right.
    /// </remarks>
    public void WriteIntent(StartIntent intent) => Write(IntentPath, intent, AgentJson.Default.StartIntent);

    /// <summary>The reboot that was wanted last and is not told yet; null when there is none.</summary>
    public RebootIntent? ReadReboot() => Read(RebootPath, AgentJson.Default.RebootIntent);

    /// <summary>Writes that a reboot is wanted, whole or not at all. Call before the guest is asked.</summary>
    public void WriteReboot(RebootIntent intent) => Write(RebootPath, intent, AgentJson.Default.RebootIntent);

    /// <summary>The reboot that was wanted is told, or did not come to pass.</summary>
    public void ForgetReboot() => File.Delete(RebootPath);

    /// <summary>Removes the folder and all in it; the guest's process must be gone.</summary>
    public void Delete()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private static T? Read<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    private static void Write<T>(string path, T value, JsonTypeInfo<T> type)
    {
        var draft = path + ".new";
        using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write))
        {
            file.Write(Utf8.GetBytes(JsonSerializer.Serialize(value, type)));
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }
}
