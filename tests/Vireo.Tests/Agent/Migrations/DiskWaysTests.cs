using System.Xml.Linq;
using Vireo.Agent;

namespace Vireo.Tests.Agent;

public sealed class DiskWaysTests
{
    private static readonly OfferedDisk Root = new("root", "vda", "/a/disks/root.qcow2", 100, "sha256:1", false, null);

    [Theory]
    [InlineData("sha256:1", "sha256:1", nameof(DiskWay.Changes))]
    [InlineData(null, null, nameof(DiskWay.Changes))]
    [InlineData("sha256:1", "sha256:2", nameof(DiskWay.Whole))]
    [InlineData("sha256:1", null, nameof(DiskWay.Whole))]
    public void Only_the_top_of_a_disk_is_sent_where_the_same_image_is_below_it(
        string? there,
        string? here,
        string way
    ) => Way(Root with { BackingDigest = there }, new(100, here, false, false)).ShouldBe(way);

    [Fact]
    public void A_disk_that_both_hosts_have_is_not_sent() =>
        Way(Root with { Probe = "p" }, new(100, null, IsShared: true, IsForeign: false))
            .ShouldBe(nameof(DiskWay.Shared));

    [Fact]
    public void What_nobody_writes_is_copied_as_it_is_or_is_there_with_its_image()
    {
        var seed = Root with { IsReadOnly = true, BackingDigest = null };

        Way(seed, new(77, null, false, false)).ShouldBe(nameof(DiskWay.File));
        Way(Root with { IsReadOnly = true }, new(100, "sha256:1", false, false)).ShouldBe(nameof(DiskWay.Shared));
        DiskWays
            .Of(Root with { IsReadOnly = true }, new(100, "sha256:2", false, false))
            .Fault!.ShouldContain("Volume root: the image below it is another one");
    }

    [Fact]
    public void Nothing_is_written_over_what_is_not_the_guests()
    {
        DiskWays.Of(Root, new(100, null, false, IsForeign: true)).Fault!.ShouldContain("is not the same file");
        DiskWays.Of(Root, new(99, "sha256:1", false, false)).Fault!.ShouldContain("Volume root");
    }

    [Fact]
    public void All_disks_are_sent_whole_as_soon_as_one_is() =>
        (
            DiskWays.SendsChangesOnly([new("a", "vda", DiskWay.Changes), new("b", "vdb", DiskWay.File)]),
            DiskWays.SendsChangesOnly([new("a", "vda", DiskWay.Changes), new("b", "vdb", DiskWay.Whole)])
        ).ShouldBe((true, false));

    [Fact]
    public void A_guests_paths_become_those_of_its_new_host_and_nothing_else_changes()
    {
        var domain = XElement.Parse(
            """
            <domain type="qemu">
              <name>default_a</name>
              <metadata><vireo:instance xmlns:vireo="https://vireo.dev/domain/v1" uid="u"/></metadata>
              <os><nvram template="/usr/share/OVMF/VARS.fd">/var/a/firmware/u.fd</nvram></os>
              <devices>
                <disk type="file" device="disk">
                  <source file="/var/a/instances/u/disks/root.qcow2" index="1"/>
                  <backingStore type="file"><source file="/var/a/images/disks/x/disk"/><backingStore/></backingStore>
                  <target dev="vda" bus="virtio"/>
                </disk>
                <disk type="file" device="disk"><source file="/var/ab/shared.img"/></disk>
                <serial type="unix"><log file="/var/a/instances/u/console.log" append="on"/></serial>
              </devices>
            </domain>
            """
        );

        var moved = TargetXml.Of(domain, "/var/a", "/srv/b");

        moved.Descendants("backingStore").ShouldBeEmpty();
        moved
            .Descendants("source")
            .Select(source => source.Attribute("file")!.Value)
            .ShouldBe(["/srv/b/instances/u/disks/root.qcow2", "/var/ab/shared.img"]);
        moved.Descendants("log").Single().Attribute("file")!.Value.ShouldBe("/srv/b/instances/u/console.log");
        moved.Descendants("nvram").Single().Value.ShouldBe("/srv/b/firmware/u.fd");
        moved.Descendants("nvram").Single().Attribute("template")!.Value.ShouldBe("/usr/share/OVMF/VARS.fd");
        moved.Elements("metadata").Single().ToString().ShouldBe(domain.Elements("metadata").Single().ToString());
        domain.ToString().ShouldContain("/var/a/firmware");
    }

    private static string Way(OfferedDisk offered, FoundDisk found)
    {
        var (way, fault) = DiskWays.Of(offered, found);
        fault.ShouldBeNull();
        return way.ToString();
    }
}
