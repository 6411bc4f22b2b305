using System.Xml;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>What the parts of a domain are rendered from, and where they say what they cannot render.</summary>
internal sealed class DomainContext(DomainInput input)
{
    private readonly List<FieldError> _errors = [];

    public IReadOnlyList<FieldError> Errors => _errors;

    public VirtualMachineInstance Instance => input.Instance;

    public VirtualMachineInstanceSpec Spec => input.Instance.Spec;

    public DomainSpec Domain => input.Instance.Spec.Domain;

    public Devices Devices => input.Instance.Spec.Domain.Devices;

    public HostFacts Host => input.Host;

    public DomainPaths Paths => input.Paths;

    public IReadOnlyList<PreparedDisk> Disks => input.Disks;

    public bool IsEmulated => input.IsEmulated;

    public bool EndsOnReboot => input.EndsOnReboot;

    /// <summary>The guest's architecture as Kubernetes spells it.</summary>
    public string Architecture => Spec.Architecture ?? input.Host.Architecture;

    public bool IsX86 => Architecture == "amd64";

    /// <summary>The machine type asked for: an alias or a versioned name.</summary>
    public string MachineType =>
        Domain.Machine?.Type is { Length: > 0 } type ? type
        : IsX86 ? "q35"
        : "virt";

    /// <summary>The machine type with its version: an alias is what it stands for on this host.</summary>
    public string CanonicalMachineType =>
        Host.FindMachineType(Architecture, MachineType)?.Canonical is { Length: > 0 } name ? name : MachineType;

    /// <summary>The board's chipset: pc for i440fx, q35, virt.</summary>
    public string? Chipset => Vireo.Api.MachineType.Parse(CanonicalMachineType)?.Family;

    /// <summary>
    /// True when the board has PCI Express, whose slots for later devices must be there from the start.
    /// </summary>
    public bool HasPciExpress => Chipset is "q35" or "virt";

    public bool HasEfi => Domain.Firmware?.Bootloader?.Efi is not null || Architecture == "arm64";

    public bool HasSerialConsole => Devices.AutoattachSerialConsole != false;

    /// <summary>
    /// True when some device says when it is tried for booting; then only those that say so are tried.
    /// </summary>
    public bool HasBootOrder =>
        (Devices.Disks ?? []).Any(disk => disk.BootOrder is not null)
        || (Devices.Interfaces ?? []).Any(nic => nic.BootOrder is not null);

    public void Refuse(string field, FieldErrorReason reason, string message) =>
        _errors.Add(new(field, reason, message));

    /// <summary>This host, or this version of Vireo, cannot give what a field asks for.</summary>
    public void Unsupported(string field, string message) =>
        Refuse(field, FieldErrorReason.FieldValueNotSupported, message);

    /// <summary>A user's text, checked to hold only what XML can carry.</summary>
    public string? Text(string field, string? value)
    {
        if (value is null || HasOnlyXmlCharacters(value))
        {
            return value;
        }

        Refuse(field, FieldErrorReason.FieldValueInvalid, $"{field} holds a control character; remove it.");
        return null;
    }

    private static bool HasOnlyXmlCharacters(string value)
    {
        try
        {
            XmlConvert.VerifyXmlChars(value);
            return true;
        }
        catch (XmlException)
        {
            return false;
        }
    }
}
