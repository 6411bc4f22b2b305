using System.Xml.Linq;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Tests.Libvirt;

namespace Vireo.Tests.Agent;

/// <summary>
/// What is said of a move to another chipset is what libvirt makes of the domains, device by device, there and back.
/// </summary>
public sealed class DeviceChangesTests(PrivateLibvirtd daemon) : IClassFixture<PrivateLibvirtd>
{
    private const string I440fx = "pc-i440fx-7.2";
    private const string Q35 = "pc-q35-7.2";

    private static readonly Dictionary<string, VirtualMachineInstance> Guests = new(StringComparer.Ordinal)
    {
        ["least"] = Samples.Instance,
        ["bare"] = Samples.WithDevices(_ =>
            new()
            {
                AutoattachGraphicsDevice = false,
                AutoattachMemBalloon = false,
                Disks =
                [
                    new()
                    {
                        Name = "usb",
                        DiskDevice = new() { Bus = "usb" },
                    },
                ],
            }
        ),
        ["full"] = WithNetwork(
            "e",
            Samples.WithDevices(_ =>
                new()
                {
                    Disks =
                    [
                        new()
                        {
                            Name = "root",
                            DiskDevice = new() { Bus = "virtio" },
                        },
                        new()
                        {
                            Name = "data",
                            DiskDevice = new() { Bus = "sata" },
                        },
                        new()
                        {
                            Name = "scsi",
                            DiskDevice = new() { Bus = "scsi" },
                        },
                        new()
                        {
                            Name = "cd",
                            Cdrom = new() { Bus = "sata" },
                        },
                    ],
                    Interfaces =
                    [
                        new() { Name = "default", Masquerade = new() },
                        new()
                        {
                            Name = "e",
                            Model = "e1000",
                            Masquerade = new(),
                        },
                    ],
                    Inputs =
                    [
                        new()
                        {
                            Name = "tablet",
                            Type = "tablet",
                            Bus = "usb",
                        },
                        new()
                        {
                            Name = "keys",
                            Type = "keyboard",
                            Bus = "virtio",
                        },
                    ],
                    Rng = new(),
                    Watchdog = new()
                    {
                        Name = "dog",
                        I6300esb = new() { Action = "reset" },
                    },
                    Sound = new() { Name = "horn", Model = "ich9" },
                    PanicDevices = [new() { Model = "isa" }],
                }
            )
        ),
        ["odd"] = WithNetwork(
            "e",
            Samples.WithDevices(_ =>
                new()
                {
                    Disks =
                    [
                        new()
                        {
                            Name = "scsi",
                            DiskDevice = new() { Bus = "scsi" },
                        },
                    ],
                    Interfaces =
                    [
                        new()
                        {
                            Name = "default",
                            Model = "e1000e",
                            Masquerade = new(),
                        },
                        new()
                        {
                            Name = "e",
                            State = "absent",
                            Masquerade = new(),
                        },
                    ],
                    Sound = new() { Name = "horn", Model = "ac97" },
                }
            )
        ),
    };

    [Theory]
    [InlineData("least")]
    [InlineData("bare")]
    [InlineData("full")]
    [InlineData("odd")]
    public void Devices_are_told_changed_that_are_and_where_they_go(string name)
    {
        var guest = Filled(Guests[name]);
        var (before, after) = (Board.Of(Define(guest, I440fx)), Board.Of(Define(guest, Q35)));
        var changes = Between(guest, I440fx, Q35);

        changes.Select(change => change.Device).ShouldBeUnique();
        var seen = changes.ToDictionary(change => Plain(change.Device), StringComparer.Ordinal);
        before
            .Places.Keys.Union(after.Places.Keys)
            .Where(device => before.Places.GetValueOrDefault(device) != after.Places.GetValueOrDefault(device))
            .Order(StringComparer.Ordinal)
            .ShouldBe(seen.Keys.Except(["host bridge", "IDE controller"]).Order(StringComparer.Ordinal));
        foreach (var (device, change) in seen)
        {
            ShouldTell(change.Before, before, device);
            ShouldTell(change.After, after, device);
        }

        Between(guest, Q35, I440fx)
            .Select(change => (change.Device, Before: change.After, After: change.Before))
            .ShouldBe(changes.Select(change => (change.Device, change.Before, change.After)));
    }

    [Fact]
    public void Inside_a_family_nothing_changes()
    {
        Between(Guests["full"], I440fx, "pc-i440fx-6.2").ShouldBeEmpty();
        Board
            .Of(Define(Guests["full"], "pc-q35-6.2"))
            .Places.ShouldBe(Board.Of(Define(Guests["full"], Q35)).Places, ignoreOrder: true);
    }

    private static IReadOnlyList<DeviceChange> Between(VirtualMachineInstance guest, string from, string to) =>
        DeviceChanges.Between(guest.Spec, MachineType.Parse(from)!, MachineType.Parse(to)!);

    private static VirtualMachineInstance Filled(VirtualMachineInstance guest) =>
        guest with
        {
            Spec = InstanceDefaults.Fill(guest.Spec, new(), identity: null),
        };

    /// <summary>A text names the address that a device has, or the kind of bus it is on.</summary>
    private static void ShouldTell(string? text, Board board, string device)
    {
        if (device is "host bridge" or "IDE controller")
        {
            return;
        }

        var place = board.Places.GetValueOrDefault(device);
        if (text is null || place is null)
        {
            (text is null).ShouldBe(place is null, $"{device}: told '{text}', is {place}");
            return;
        }

        (
            text.Contains(place.Address, StringComparison.Ordinal) || text.Contains(place.Bus, StringComparison.Ordinal)
        ).ShouldBeTrue($"{device}: told '{text}', is {place}");
    }

    private static string Plain(string device) =>
        device.StartsWith("SATA controller", StringComparison.Ordinal) ? "SATA controller" : device;

    /// <summary>The domain as libvirt completes it: with addresses and what it adds of its own.</summary>
    private XElement Define(VirtualMachineInstance guest, string type)
    {
        var spec = guest.Spec with { Domain = guest.Spec.Domain with { Machine = new() { Type = type } } };
        var host = Samples.Host with { MachineTypes = [new() { Name = type, Architecture = "amd64" }] };
        var built = DomainXml.Build(Samples.Input(guest with { Spec = spec }) with { Host = host });
        built.Errors.ShouldBeEmpty();
        using var connection = daemon.Open();
        using var domain = connection.DefineDomain(built.Domain!.ToString());
        return XElement.Parse(domain.GetXml());
    }

    private static VirtualMachineInstance WithNetwork(string name, VirtualMachineInstance guest) =>
        guest with
        {
            Spec = guest.Spec with { Networks = [.. guest.Spec.Networks!, new() { Name = name, Pod = new() }] },
        };

    /// <summary>Where a device is.</summary>
    private sealed record Place(string Address, string Bus);

    /// <summary>The devices of a domain that are on PCI buses, by the names that are told to people.</summary>
    private sealed record Board(IReadOnlyDictionary<string, Place> Places)
    {
        public static Board Of(XElement domain)
        {
            var devices = domain.Element("devices")!;
            var buses = devices
                .Elements("controller")
                .Where(controller => Text(controller, "type") == "pci")
                .ToDictionary(controller => Number(controller, "index"), controller => Text(controller, "model"));
            var places = devices
                .Elements()
                .Where(device => NameOf(device) is not null && device.Element("address") is { } address && Is(address))
                .ToDictionary(device => NameOf(device)!, device => PlaceOf(device.Element("address")!, buses));
            places["PCI root"] = new("none", buses[0]);
            return new(places);

            static bool Is(XElement address) => Text(address, "type") == "pci";
        }

        private static Place PlaceOf(XElement address, Dictionary<int, string> buses)
        {
            var (bus, slot) = (Number(address, "bus"), Number(address, "slot"));
            return new(
                $"at 0000:{bus:x2}:{slot:x2}.{Number(address, "function")}",
                buses[bus] switch
                {
                    "pci-root" => "on a slot of the PCI bus",
                    "pcie-root-port" => "behind a PCI Express port of its own",
                    "pcie-to-pci-bridge" => "on a PCI bridge behind PCI Express",
                    var root => root,
                }
            );
        }

        private static string? NameOf(XElement device) =>
            device.Name.LocalName switch
            {
                "controller" => Text(device, "type") switch
                {
                    "scsi" => "SCSI controller",
                    "usb" => "USB controller",
                    "sata" => "SATA controller",
                    "virtio-serial" => "guest agent channel",
                    _ => null,
                },
                "video" => "screen",
                "rng" => "random number generator",
                "memballoon" => "memory balloon",
                var kind when device.Element("alias") is { } alias => $"{kind} {Text(alias, "name")["ua-".Length..]}",
                _ => null,
            };

        private static string Text(XElement element, string attribute) => element.Attribute(attribute)?.Value ?? "";

        private static int Number(XElement element, string attribute)
        {
            var text = Text(element, attribute);
            return text.StartsWith("0x", StringComparison.Ordinal)
                ? Convert.ToInt32(text, 16)
                : int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
