namespace Vireo.Agent;

/// <summary>Where Debian's packages put EFI firmware.</summary>
internal static class EfiFirmwareFiles
{
    private static readonly IReadOnlyList<EfiFirmware> Known =
    [
        new("amd64", false, "/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
        new("amd64", true, "/usr/share/OVMF/OVMF_CODE_4M.ms.fd", "/usr/share/OVMF/OVMF_VARS_4M.ms.fd"),
        new("amd64", true, "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd", "/usr/share/OVMF/OVMF_VARS_4M.ms.fd"),
        new("arm64", false, "/usr/share/AAVMF/AAVMF_CODE.no-secboot.fd", "/usr/share/AAVMF/AAVMF_VARS.fd"),
        new("arm64", false, "/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/AAVMF/AAVMF_VARS.fd"),
        new("arm64", true, "/usr/share/AAVMF/AAVMF_CODE.ms.fd", "/usr/share/AAVMF/AAVMF_VARS.ms.fd"),
    ];

    /// <summary>The firmware that is installed.</summary>
    public static IReadOnlyList<EfiFirmware> Find() =>
        [.. Known.Where(firmware => File.Exists(firmware.CodePath) && File.Exists(firmware.VariablesPath))];
}
