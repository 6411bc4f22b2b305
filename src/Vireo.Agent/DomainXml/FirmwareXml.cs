using System.Xml.Linq;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>The board, its firmware and the order of booting.</summary>
internal static class FirmwareXml
{
    public static IEnumerable<XElement> Render(DomainContext context)
    {
        if (LibvirtArchitecture(context.Architecture) is not { } architecture)
        {
            context.Unsupported(
                "spec.architecture",
                $"spec.architecture: this host cannot run {context.Architecture} guests."
            );
            yield break;
        }

        CheckMachineType(context);
        yield return new(
            "os",
            new XElement(
                "type",
                new XAttribute("arch", architecture),
                new XAttribute("machine", context.MachineType),
                "hvm"
            ),
            context.HasEfi ? Efi(context) : Bios(context),
            SmbiosXml.HasValues(context.Domain) ? new XElement("smbios", new XAttribute("mode", "sysinfo")) : null,
            context.HasBootOrder ? null : DefaultBootOrder()
        );
    }

    private static string? LibvirtArchitecture(string architecture) =>
        architecture switch
        {
            "amd64" => "x86_64",
            "arm64" => "aarch64",
            _ => null,
        };

    private static void CheckMachineType(DomainContext context)
    {
        var source = context.Instance.Metadata.Annotations?.GetValueOrDefault(
            KubeVirtNames.MachineTypeSourceAnnotation
        );
        if (context.Host.FindMachineType(context.Architecture, context.MachineType) is null)
        {
            context.Unsupported(
                "spec.domain.machine.type",
                $"spec.domain.machine.type: QEMU {context.Host.QemuVersion} of this host has no machine type "
                    + $"{context.MachineType} for {context.Architecture}"
                    + (
                        source == MachineTypeSources.Image
                            ? $", which its image names ({OciConfiguration.MachineTypeLabel})"
                            : ""
                    )
                    + "; choose one that 'kubectl get host -o yaml' lists."
            );
        }
    }

    private static IEnumerable<XElement> DefaultBootOrder() =>
        [new("boot", new XAttribute("dev", "hd")), new("boot", new XAttribute("dev", "cdrom"))];

    private static IEnumerable<XElement> Bios(DomainContext context)
    {
        if (context.Domain.Firmware?.Bootloader?.Bios?.UseSerial != true)
        {
            return [];
        }

        if (!context.HasSerialConsole)
        {
            context.Unsupported(
                "spec.domain.firmware.bootloader.bios.useSerial",
                "spec.domain.firmware.bootloader.bios.useSerial needs the serial console that "
                    + "spec.domain.devices.autoattachSerialConsole turns off."
            );
        }

        return [new("bios", new XAttribute("useserial", "yes"))];
    }

    private static IEnumerable<XElement> Efi(DomainContext context)
    {
        const string field = "spec.domain.firmware.bootloader.efi";
        var efi = context.Domain.Firmware?.Bootloader?.Efi ?? new EFI { SecureBoot = false };
        var isSecure = efi.SecureBoot != false;
        var firmware = context.Host.EfiFirmware.FirstOrDefault(file =>
            file.Architecture == context.Architecture && file.IsSecureBoot == isSecure
        );
        if (firmware is null)
        {
            var package = context.IsX86 ? "ovmf" : "qemu-efi-aarch64";
            context.Unsupported(
                field,
                $"{field}: this host has no EFI firmware{(isSecure ? " with secure boot" : "")} for "
                    + $"{context.Architecture}; install the Debian package {package}."
            );
            return [];
        }

        if (isSecure && context.IsX86 && !context.HasPciExpress)
        {
            context.Unsupported(
                $"{field}.secureBoot",
                $"{field}.secureBoot: machine type {context.MachineType} cannot protect its firmware; use a q35 type or "
                    + "turn secure boot off."
            );
        }

        if (isSecure && context.Domain.Features?.Smm is not { Enabled: not false })
        {
            context.Refuse(
                "spec.domain.features.smm",
                FieldErrorReason.FieldValueRequired,
                "spec.domain.features.smm: secure boot needs it; turn it on or set "
                    + "spec.domain.firmware.bootloader.efi.secureBoot to false."
            );
        }

        return
        [
            new(
                "loader",
                new XAttribute("readonly", "yes"),
                isSecure ? new XAttribute("secure", "yes") : null,
                new XAttribute("type", "pflash"),
                firmware.CodePath
            ),
            new(
                "nvram",
                new XAttribute("template", firmware.VariablesPath),
                efi.Persistent == true ? context.Paths.PersistentEfiVariables : context.Paths.EfiVariables
            ),
        ];
    }
}
