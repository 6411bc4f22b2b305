using System.CommandLine;
using System.Globalization;
using Vireo.Api;

namespace Vireo.Commands;

/// <summary>`vireo fslist`: the file systems that are mounted in a guest.</summary>
internal static class FileSystemListCommand
{
    public static Command Create() =>
        GuestQuestion.Create(
            ("fslist", "filesystemlist", "Lists the file systems that are mounted in a guest, as its agent tells."),
            ApiJson.Default.VirtualMachineInstanceFileSystemList,
            ["Disk", "Mounted at", "Type", "Used", "Size"],
            answer =>
                answer.Items.Select(found =>
                    (IReadOnlyList<string>)
                        [
                            found.DiskName,
                            found.MountPoint,
                            found.FileSystemType,
                            SizeOf(found.UsedBytes),
                            SizeOf(found.TotalBytes),
                        ]
                )
        );

    private static string SizeOf(long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB");
}
