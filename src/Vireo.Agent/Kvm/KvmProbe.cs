using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Vireo.Agent;

/// <summary>What a probe found, and for what: it holds while nothing of that changes.</summary>
/// <param name="Subject">The boot of the host, its kernel and its QEMU.</param>
/// <param name="Works">True when a guest ran under KVM.</param>
internal sealed record KvmFinding(string Subject, bool Works);

/// <summary>Finds out whether KVM works by running a guest under it.</summary>
/// <remarks>
/// A device node proves nothing: under some hypervisors it opens, QEMU starts, and the guest hangs in its firmware.
/// The guest of the probe boots through the firmware from one sector that tells QEMU to exit with a code of its own.
/// </remarks>
/// <param name="stateFolder">Where the finding is kept.</param>
/// <param name="time">Counts the limit.</param>
internal sealed class KvmProbe(string stateFolder, TimeProvider time)
{
    /// <summary>What QEMU's debug exit makes of the byte that the guest writes: twice the value and one.</summary>
    private const int ExitCodeOfGuest = (0x10 << 1) | 1;

    private const string Device = "/dev/kvm";

    /// <summary>A guest under working KVM is done in a quarter of a second.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private string FindingPath => Path.Combine(stateFolder, "kvm-probe.json");

    /// <summary>True when guests run under KVM on this host.</summary>
    public async Task<bool> WorksAsync(CancellationToken ct)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            // The guest of the probe speaks x86 only.
            return File.Exists(Device);
        }

        if (!File.Exists(Device) || Command.Find("qemu-system-x86_64") is not { } qemu)
        {
            return false;
        }

        var subject = SubjectOf(qemu);
        if (ReadFinding() is { } known && known.Subject == subject)
        {
            return known.Works;
        }

        var finding = new KvmFinding(subject, await RunGuestAsync(qemu, "kvm", Limit, ct));
        await File.WriteAllBytesAsync(
            FindingPath,
            JsonSerializer.SerializeToUtf8Bytes(finding, AgentJson.Default.KvmFinding),
            ct
        );
        return finding.Works;
    }

    /// <summary>True when the guest of the probe ran to its end under an accelerator.</summary>
    internal async Task<bool> RunGuestAsync(string qemu, string accelerator, TimeSpan limit, CancellationToken ct)
    {
        var disk = Path.Combine(stateFolder, "kvm-probe.img");
        await File.WriteAllBytesAsync(disk, BootSector(), ct);
        try
        {
            var result = await Command.RunAsync(
                [
                    qemu,
                    .. "-machine pc -m 16 -nodefaults -no-reboot -display none".Split(' '),
                    "-accel",
                    accelerator,
                    .. "-device isa-debug-exit,iobase=0xf4,iosize=0x04".Split(' '),
                    "-drive",
                    $"file={disk.Replace(",", ",,", StringComparison.Ordinal)},format=raw,if=ide,readonly=off",
                ],
                limit,
                time,
                ct
            );
            return result.ExitCode == ExitCodeOfGuest;
        }
        catch (Win32Exception)
        {
            return false;
        }
        finally
        {
            File.Delete(disk);
        }
    }

    /// <summary>mov al, 0x10; out 0xf4, al; hlt.</summary>
    private static byte[] BootSector()
    {
        var sector = new byte[512];
        ReadOnlySpan<byte> code = [0xB0, 0x10, 0xE6, 0xF4, 0xF4];
        code.CopyTo(sector);
        (sector[510], sector[511]) = (0x55, 0xAA);
        return sector;
    }

    private static string SubjectOf(string qemu)
    {
        var file = new FileInfo(qemu);
        var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        return $"boot {boot}, kernel {Environment.OSVersion.Version}, {qemu} {file.Length} {file.LastWriteTimeUtc:O}";
    }

    private KvmFinding? ReadFinding()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(FindingPath), AgentJson.Default.KvmFinding);
        }
        catch (Exception e) when (e is FileNotFoundException or JsonException)
        {
            return null;
        }
    }
}
