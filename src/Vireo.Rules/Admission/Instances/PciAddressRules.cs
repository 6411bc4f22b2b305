using System.Text.RegularExpressions;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Addresses on the PCI bus: of the right form, for devices that are on it, and each for one device.</summary>
internal static partial class PciAddressRules
{
    public static IEnumerable<FieldError> Check(Devices devices, string path)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (field, address, isOnBus) in Addresses(devices, path))
        {
            if (!Form().IsMatch(address))
            {
                yield return FieldError.Invalid(
                    field,
                    $"{field}: '{address}' is malformed PCI address: write it as 0000:81:01.0."
                );
            }
            else if (!taken.Add(address))
            {
                yield return FieldError.Duplicate(field, $"{field}: {address} is already that of another device.");
            }

            if (!isOnBus)
            {
                yield return FieldError.Invalid(
                    field,
                    $"{field}: only a virtio disk has a PCI address: set bus virtio."
                );
            }
        }
    }

    private static IEnumerable<(string Field, string Address, bool IsOnBus)> Addresses(Devices devices, string path) =>
        (devices.Disks ?? [])
            .Select(
                (disk, index) =>
                    (
                        $"{path}.disks[{index}].disk.pciAddress",
                        disk.DiskDevice?.PciAddress ?? "",
                        disk.DiskDevice?.Bus == "virtio"
                    )
            )
            .Concat(
                (devices.Interfaces ?? []).Select(
                    (one, index) => ($"{path}.interfaces[{index}].pciAddress", one.PciAddress ?? "", true)
                )
            )
            .Where(entry => entry.Item2.Length > 0);

    [GeneratedRegex(@"^[0-9a-fA-F]{4}:[0-9a-fA-F]{2}:[01][0-9a-fA-F]\.[0-7]\z", RegexOptions.None, Timeout.Infinite)]
    private static partial Regex Form();
}
