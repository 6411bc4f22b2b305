using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Firmware, identity and what starts a guest.</summary>
internal static class FirmwareRules
{
    private const int SerialLength = 256;

    public static IEnumerable<FieldError> Check(VirtualMachineInstanceSpec spec, string path)
    {
        var firmware = spec.Domain.Firmware;
        return
        [
            .. Uuid(firmware?.Uuid, $"{path}.firmware.uuid"),
            .. Serial(firmware?.Serial, $"{path}.firmware.serial"),
            .. Bootloader(spec, firmware?.Bootloader, $"{path}.firmware.bootloader"),
        ];
    }

    private static IEnumerable<FieldError> Uuid(string? uuid, string field)
    {
        if (string.IsNullOrEmpty(uuid))
        {
            yield break;
        }

        if (!Guid.TryParseExact(uuid, "D", out var parsed) || parsed == Guid.Empty)
        {
            yield return FieldError.Invalid(
                field,
                $"{field}: '{uuid}' is no UUID: write it as 5d307ca9-b3ef-428c-8861-06e72d69f223, or leave it out."
            );
        }
    }

    private static IEnumerable<FieldError> Serial(string? serial, string field)
    {
        if (serial is { Length: > SerialLength } || serial?.Any(letter => letter is < ' ' or > '~') == true)
        {
            yield return FieldError.Invalid(
                field,
                $"{field} must be at most {SerialLength} printable ASCII characters."
            );
        }
    }

    private static IEnumerable<FieldError> Bootloader(
        VirtualMachineInstanceSpec spec,
        Bootloader? bootloader,
        string field
    )
    {
        if (bootloader is { Efi: not null, Bios: not null })
        {
            yield return FieldError.Invalid(
                field,
                $"{field} has both EFI and BIOS configured, but they are mutually exclusive."
            );
        }

        if (bootloader?.Bios is not null && spec.Architecture is "arm64" or "s390x")
        {
            yield return FieldError.NotSupported(
                $"{field}.bios",
                $"{field}.bios is not supported on {spec.Architecture}: remove it."
            );
        }

        if (bootloader?.Efi is not null && spec.Architecture is "s390x")
        {
            yield return FieldError.NotSupported($"{field}.efi", $"{field}.efi is not supported on s390x: remove it.");
        }

        if (bootloader?.Efi is { SecureBoot: not false } && spec.Domain.Features?.Smm is not { Enabled: not false })
        {
            yield return FieldError.Invalid(
                $"{field}.efi",
                $"{field}.efi has EFI SecureBoot enabled. SecureBoot requires SMM, which is currently disabled. Add "
                    + "features.smm, or set secureBoot: false."
            );
        }
    }
}
