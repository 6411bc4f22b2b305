using System.Globalization;
using System.Net.NetworkInformation;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Network interfaces, each with a network of its name.</summary>
internal static class InterfaceRules
{
    private const int MostAcpiIndex = 16383;

    private static readonly string[] Models = ["virtio", "e1000", "e1000e", "igb", "ne2k_pci", "pcnet", "rtl8139"];

    public static IEnumerable<FieldError> Check(VirtualMachineInstanceSpec spec, string specPath)
    {
        var path = $"{specPath}.domain.devices.interfaces";
        var interfaces = spec.Domain.Devices.Interfaces ?? [];
        return
        [
            .. UniqueNameRules.Check([.. interfaces.Select(one => one.Name)], path),
            .. Pairs(interfaces, spec.Networks ?? [], path, $"{specPath}.networks"),
            .. interfaces.SelectMany((one, index) => Interface(one, $"{path}[{index}]", spec.Architecture)),
            .. Twice(interfaces, one => MacOf(one.MacAddress)?.ToString(), path, "macAddress"),
            .. Twice(interfaces, one => one.AcpiIndex?.ToString(CultureInfo.InvariantCulture), path, "acpiIndex"),
        ];
    }

    private static IEnumerable<FieldError> Pairs(
        IReadOnlyList<Interface> interfaces,
        IReadOnlyList<Network> networks,
        string interfacesPath,
        string networksPath
    )
    {
        for (var index = 0; index < interfaces.Count; index++)
        {
            if (!networks.Any(network => network.Name == interfaces[index].Name))
            {
                var field = $"{interfacesPath}[{index}].name";
                yield return FieldError.Invalid(
                    field,
                    $"{field} '{interfaces[index].Name}' not found. Add a network of this name to {networksPath}."
                );
            }
        }

        for (var index = 0; index < networks.Count; index++)
        {
            if (!interfaces.Any(one => one.Name == networks[index].Name))
            {
                var field = $"{networksPath}[{index}].name";
                yield return FieldError.Invalid(
                    field,
                    $"{field} '{networks[index].Name}' not found. Add an interface of this name to "
                        + $"{interfacesPath}, or remove the network."
                );
            }
        }
    }

    private static IEnumerable<FieldError> Interface(Interface one, string path, string? architecture) =>
        [
            .. Name(one.Name, $"{path}.name"),
            .. Binding(one, path),
            .. WordRules.OneOf(one.Model, $"{path}.model", architecture == "s390x" ? ["virtio"] : Models),
            .. Mac(one.MacAddress, $"{path}.macAddress"),
            .. AcpiIndex(one.AcpiIndex, $"{path}.acpiIndex"),
            .. WordRules.OneOf(one.State, $"{path}.state", "up", "down", "absent"),
            .. PortRules.Check(one.Ports, $"{path}.ports"),
        ];

    private static IEnumerable<FieldError> Name(string? name, string field) =>
        NetworkRules.IsName(name)
            ? []
            : [FieldError.Invalid(field, $"{field}: Network interface name '{name}' {NetworkRules.NameForm}.")];

    private static IEnumerable<FieldError> Binding(Interface one, string path)
    {
        if (one is { Bridge: not null, Masquerade: not null })
        {
            yield return FieldError.Invalid(
                path,
                $"{path} must have only one binding: keep one of bridge and masquerade."
            );
        }
    }

    // An address for many (its lowest bit set) cannot be that of one interface: libvirt refuses it.
    private static IEnumerable<FieldError> Mac(string? address, string field)
    {
        if (string.IsNullOrEmpty(address))
        {
            yield break;
        }

        if (MacOf(address) is not { } mac)
        {
            yield return FieldError.Invalid(
                field,
                $"{field}: '{address}' has malformed MAC address: write six bytes, for example 02:00:00:12:34:56."
            );
        }
        else if ((mac.GetAddressBytes()[0] & 1) != 0 || mac.Equals(new PhysicalAddress(new byte[6])))
        {
            yield return FieldError.Invalid(
                field,
                $"{field}: '{address}' is no address of one interface: its first byte must be even, and not all may "
                    + "be 0."
            );
        }
    }

    private static PhysicalAddress? MacOf(string? text) =>
        text is { Length: 17 }
        && text.Count(letter => letter is ':' or '-') == 5
        && PhysicalAddress.TryParse(text, out var address)
            ? address
            : null;

    private static IEnumerable<FieldError> AcpiIndex(int? index, string field)
    {
        if (index is < 1 or > MostAcpiIndex)
        {
            yield return FieldError.Invalid(field, $"{field}: {index} must be from 1 to {MostAcpiIndex}.");
        }
    }

    private static IEnumerable<FieldError> Twice(
        IReadOnlyList<Interface> interfaces,
        Func<Interface, string?> value,
        string path,
        string name
    )
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < interfaces.Count; index++)
        {
            if (value(interfaces[index]) is { } text && !seen.TryAdd(text, index))
            {
                yield return FieldError.Duplicate(
                    $"{path}[{index}].{name}",
                    $"{path}[{seen[text]}] and {path}[{index}] must not have the same {name}."
                );
            }
        }
    }
}
