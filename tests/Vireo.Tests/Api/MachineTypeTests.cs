using FsCheck;
using FsCheck.Fluent;
using Vireo.Api;

namespace Vireo.Tests.Api;

public sealed class MachineTypeTests
{
    private static readonly string[] Heads = ["pc", "pc-i440fx", "pc-q35", "virt", "s390-ccw-virtio", "pseries"];

    private static readonly string[] Versions =
    [
        "0.10",
        "1.3",
        "2.9",
        "2.12",
        "4.0",
        "4.0.0",
        "4.0.1",
        "10.0",
        "rhel7.6.0",
        "rhel9.6.0",
        "rhel10.0.0",
        "focal",
        "noble",
        "resolute",
        "1.0-precise",
        "unheard-of",
    ];

    private static readonly string[] Suffixes = ["", "-v2", "-v3", "-hpb", "-hpb-maxcpus", "-sxxm", "-hpb-v2"];

    private static readonly string[] Fixed =
    [
        "q35",
        "pc",
        "virt",
        "ubuntu",
        "ubuntu-q35",
        "microvm",
        "isapc",
        "rhel6.5.0",
        "rhel6.6.0",
        "pc-1.0-qemu-kvm",
        "x-remote",
    ];

    private static Gen<MachineType> Types { get; } =
        Gen.OneOf(
            Gen.Elements(Heads)
                .SelectMany(head => Gen.Elements(Versions).Select(version => $"{head}-{version}"))
                .SelectMany(name => Gen.Elements(Suffixes).Select(suffix => MachineType.Parse(name + suffix)!)),
            Gen.Elements(Fixed).Select(name => MachineType.Parse(name)!)
        );

    [Theory]
    [InlineData("pc", "pc", "pc", "", "", "", true)]
    [InlineData("q35", "q35", "q35", "", "", "", true)]
    [InlineData("virt", "virt", "virt", "", "", "", true)]
    [InlineData("s390-ccw-virtio", "s390-ccw-virtio", "s390-ccw-virtio", "", "", "", true)]
    [InlineData("pseries", "pseries", "pseries", "", "", "", true)]
    [InlineData("ubuntu", "ubuntu", "pc", "ubuntu", "", "", true)]
    [InlineData("ubuntu-q35", "ubuntu-q35", "q35", "ubuntu", "", "", true)]
    [InlineData("pc-0.10", "pc", "pc", "", "0.10", "", false)]
    [InlineData("pc-1.3", "pc", "pc", "", "1.3", "", false)]
    [InlineData("pc-i440fx-2.12", "pc-i440fx", "pc", "", "2.12", "", false)]
    [InlineData("pc-q35-4.0.1", "pc-q35", "q35", "", "4.0.1", "", false)]
    [InlineData("virt-9.2", "virt", "virt", "", "9.2", "", false)]
    [InlineData("s390-ccw-virtio-9.0", "s390-ccw-virtio", "s390-ccw-virtio", "", "9.0", "", false)]
    [InlineData("pseries-2.12-sxxm", "pseries", "pseries", "", "2.12", "-sxxm", false)]
    [InlineData("rhel6.5.0", "rhel", "pc", "rhel", "6.5.0", "", false)]
    [InlineData("pc-i440fx-rhel7.6.0", "pc-i440fx", "pc", "rhel", "7.6.0", "", false)]
    [InlineData("pc-q35-rhel9.6.0", "pc-q35", "q35", "rhel", "9.6.0", "", false)]
    [InlineData("pc-q35-rhel10.2.0", "pc-q35", "q35", "rhel", "10.2.0", "", false)]
    [InlineData("virt-rhel9.4.0", "virt", "virt", "rhel", "9.4.0", "", false)]
    [InlineData("s390-ccw-virtio-rhel10.2.0", "s390-ccw-virtio", "s390-ccw-virtio", "rhel", "10.2.0", "", false)]
    [InlineData("pseries-rhel8.6.0-sxxm", "pseries", "pseries", "rhel", "8.6.0", "-sxxm", false)]
    [InlineData("pc-i440fx-trusty", "pc-i440fx", "pc", "ubuntu", "14.4", "", false)]
    [InlineData("pc-q35-noble-v2", "pc-q35", "q35", "ubuntu", "24.4", "-v2", false)]
    [InlineData("pc-i440fx-bionic-hpb", "pc-i440fx", "pc", "ubuntu", "18.4", "-hpb", false)]
    [InlineData("pc-q35-jammy-hpb-maxcpus", "pc-q35", "q35", "ubuntu", "22.4", "-hpb-maxcpus", false)]
    [InlineData("s390-ccw-virtio-resolute", "s390-ccw-virtio", "s390-ccw-virtio", "ubuntu", "26.4", "", false)]
    [InlineData("pc-1.0-precise", "pc", "pc", "ubuntu", "12.4", "", false)]
    [InlineData("pc-i440fx-1.5-saucy", "pc-i440fx", "pc", "ubuntu", "13.10", "", false)]
    [InlineData("pc-1.0-qemu-kvm", "pc", "pc", "ubuntu", "12.4", "-qemu-kvm", false)]
    [InlineData("microvm", "microvm", "microvm", "", "", "", false)]
    [InlineData("isapc", "isapc", "isapc", "", "", "", false)]
    [InlineData("none", "none", "none", "", "", "", false)]
    [InlineData("x-remote", "x-remote", "x-remote", "", "", "", false)]
    [InlineData("pc-q35-zany", "pc-q35", "q35", "", "", "-zany", false)]
    [InlineData("pc-q35-09.2", "pc-q35", "q35", "", "", "-09.2", false)]
    [InlineData("pc-q35-99999999999.1", "pc-q35", "q35", "", "", "-99999999999.1", false)]
    public void A_name_is_read_into_its_parts_and_printed_back(
        string name,
        string scheme,
        string family,
        string vendor,
        string version,
        string suffix,
        bool isAlias
    )
    {
        var type = MachineType.Parse(name).ShouldNotBeNull();

        type.Scheme.ShouldBe(scheme);
        type.Family.ShouldBe(family);
        type.Vendor.ShouldBe(vendor);
        string.Join('.', type.Version).ShouldBe(version);
        type.Suffix.ShouldBe(suffix);
        type.IsAlias.ShouldBe(isAlias);
        type.IsVersioned.ShouldBe(version.Length > 0);
        type.ToString().ShouldBe(name);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" q35")]
    [InlineData("q35 ")]
    [InlineData("q35\n")]
    [InlineData("-q35")]
    [InlineData("pc/q35")]
    [InlineData("pc-q35-9.2,accel=kvm")]
    [InlineData("q35;reboot")]
    [InlineData("grün")]
    public void What_is_no_name_is_not_read(string? text) => MachineType.Parse(text).ShouldBeNull();

    [Fact]
    public void A_name_has_at_most_a_hundred_letters()
    {
        MachineType.Parse(new string('a', 100)).ShouldNotBeNull();
        MachineType.Parse(new string('a', 101)).ShouldBeNull();
    }

    [Theory]
    [InlineData("pc-q35-4.0.1", "pc-q35-4.1", MachineTypeOrder.Older)]
    [InlineData("pc-q35-4.0", "pc-q35-4.0.1", MachineTypeOrder.Older)]
    [InlineData("pc-q35-4.1", "pc-q35-6.2", MachineTypeOrder.Older)]
    [InlineData("pc-q35-2.9", "pc-q35-2.12", MachineTypeOrder.Older)]
    [InlineData("pc-q35-9.2", "pc-q35-10.0", MachineTypeOrder.Older)]
    [InlineData("pc-q35-4.0", "pc-q35-4.0.0", MachineTypeOrder.Same)]
    [InlineData("pc-q35-5.2.0", "pc-q35-6.0", MachineTypeOrder.Older)]
    [InlineData("pc-1.3", "pc-i440fx-1.4", MachineTypeOrder.Older)]
    [InlineData("pc-q35-rhel9.6.0", "pc-q35-rhel10.0.0", MachineTypeOrder.Older)]
    [InlineData("rhel6.6.0", "pc-i440fx-rhel7.0.0", MachineTypeOrder.Older)]
    [InlineData("pc-i440fx-rhel7.6.0", "pc-i440fx-rhel10.0.0", MachineTypeOrder.Older)]
    [InlineData("pc-1.0-precise", "pc-i440fx-trusty", MachineTypeOrder.Older)]
    [InlineData("pc-q35-noble", "pc-q35-resolute", MachineTypeOrder.Older)]
    [InlineData("pc-q35-bionic", "pc-q35-artful", MachineTypeOrder.Newer)]
    [InlineData("pc-q35-noble-v2", "pc-q35-noble", MachineTypeOrder.Newer)]
    [InlineData("pc-q35-noble-v2", "pc-q35-questing", MachineTypeOrder.Older)]
    [InlineData("pc-q35-focal-hpb", "pc-q35-jammy-hpb", MachineTypeOrder.Older)]
    [InlineData("pseries-2.11-sxxm", "pseries-2.12-sxxm", MachineTypeOrder.Older)]
    [InlineData("pc-q35-focal-hpb", "pc-q35-jammy", MachineTypeOrder.NotComparable)]
    [InlineData("pc-q35-jammy-hpb", "pc-q35-jammy-maxcpus", MachineTypeOrder.NotComparable)]
    [InlineData("pseries-2.12-sxxm", "pseries-2.12", MachineTypeOrder.NotComparable)]
    [InlineData("q35", "q35", MachineTypeOrder.Same)]
    [InlineData("microvm", "microvm", MachineTypeOrder.Same)]
    [InlineData("q35", "pc-q35-9.2", MachineTypeOrder.NotComparable)]
    [InlineData("pc-i440fx-9.2", "pc-q35-9.2", MachineTypeOrder.NotComparable)]
    [InlineData("pc-q35-9.2", "pc-q35-rhel9.6.0", MachineTypeOrder.NotComparable)]
    [InlineData("pc-q35-9.2", "pc-q35-noble", MachineTypeOrder.NotComparable)]
    [InlineData("pc-q35-rhel9.6.0", "pc-q35-noble", MachineTypeOrder.NotComparable)]
    [InlineData("virt-9.2", "s390-ccw-virtio-9.2", MachineTypeOrder.NotComparable)]
    [InlineData("pc-q35-zany", "pc-q35-noble", MachineTypeOrder.NotComparable)]
    [InlineData("microvm", "isapc", MachineTypeOrder.NotComparable)]
    public void Versions_are_ordered_as_numbers_inside_one_family_vendor_and_variant(
        string a,
        string b,
        MachineTypeOrder order
    )
    {
        Compare(a, b).ShouldBe(order);
        Compare(b, a).ShouldBe(Opposite(order));
    }

    [Fact]
    public void Whatever_is_a_name_is_printed_back() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(
                Gen.ArrayOf(Gen.Elements([.. Heads, .. Versions, .. Suffixes, "-", ".", "9", "v"]))
                    .Select(string.Concat)
                    .ToArbitrary(),
                text => (MachineType.Parse(text)?.ToString() ?? text).ShouldBe(text)
            )
        );

    [Fact]
    public void The_parts_of_a_name_are_those_it_is_made_of() =>
        Check.One(
            Config.QuickThrowOnFailure,
            Prop.ForAll(
                Gen.Choose(0, 99).ArrayOf(3).Select(numbers => string.Join('.', numbers)).ToArbitrary(),
                Gen.Elements(Heads).ToArbitrary(),
                Gen.Elements(Suffixes).ToArbitrary(),
                (version, head, suffix) =>
                {
                    var type = MachineType.Parse($"{head}-{version}{suffix}").ShouldNotBeNull();
                    type.Scheme.ShouldBe(head);
                    string.Join('.', type.Version).ShouldBe(version);
                    type.Suffix.ShouldBe(suffix);
                }
            )
        );

    [Fact]
    public void The_order_is_a_partial_order() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2000),
            Prop.ForAll(
                Types.ArrayOf(3).ToArbitrary(),
                types =>
                {
                    var (a, b, c) = (types[0], types[1], types[2]);
                    MachineType.Compare(a, a).ShouldBe(MachineTypeOrder.Same);
                    MachineType.Compare(b, a).ShouldBe(Opposite(MachineType.Compare(a, b)), $"{a}, {b}");
                    var (first, second) = (MachineType.Compare(a, b), MachineType.Compare(b, c));
                    if (
                        first is MachineTypeOrder.Older or MachineTypeOrder.Same
                        && second is MachineTypeOrder.Older or MachineTypeOrder.Same
                    )
                    {
                        MachineType
                            .Compare(a, c)
                            .ShouldBe(first is MachineTypeOrder.Older ? first : second, $"{a}, {b}, {c}");
                    }
                }
            )
        );

    private static MachineTypeOrder Compare(string a, string b) =>
        MachineType.Compare(MachineType.Parse(a)!, MachineType.Parse(b)!);

    private static MachineTypeOrder Opposite(MachineTypeOrder order) =>
        order switch
        {
            MachineTypeOrder.Older => MachineTypeOrder.Newer,
            MachineTypeOrder.Newer => MachineTypeOrder.Older,
            _ => order,
        };
}
