using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

public class ResourceClaimTests
{
    private static readonly KubeVirtConfiguration Configuration = new();

    [Fact]
    public void A_claim_is_what_is_requested_or_the_guest_by_the_overcommit()
    {
        var overhead = GuestOverhead.Bytes(Samples.InstanceSpec(), isEmulated: false);
        var overcommitted = new KubeVirtConfiguration
        {
            DeveloperConfiguration = new() { MemoryOvercommit = 200, CpuAllocationRatio = 4 },
        };

        ResourceClaim.Of(Samples.InstanceSpec(), Configuration).ShouldBe(new((128L << 20) + overhead, 100));
        ResourceClaim.Of(Samples.InstanceSpec(), overcommitted).ShouldBe(new((64L << 20) + overhead, 250));
        ResourceClaim
            .Of(
                Samples.InstanceSpec(("domain.resources", """{ "requests": { "memory": "32Mi", "cpu": "1500m" } }""")),
                overcommitted
            )
            .ShouldBe(new((32L << 20) + overhead, 1500));
        ResourceClaim
            .Of(Samples.InstanceSpec(("domain.resources.overcommitGuestOverhead", "true")), Configuration)
            .MemoryBytes.ShouldBe(128L << 20);
    }

    [Theory]
    [InlineData("domain.devices.autoattachGraphicsDevice", "false", -16)]
    [InlineData("domain.firmware.bootloader.efi", "{}", 32)]
    [InlineData("domain.devices.tpm", "{}", 24)]
    [InlineData("domain.devices.tpm", """{ "enabled": false }""", 0)]
    [InlineData("domain.cpu.sockets", "3", 4)]
    [InlineData("domain.memory.guest", "\"1152Mi\"", 2)]
    public void Each_part_of_a_guest_adds_to_its_overhead(string path, string json, int addsMiB)
    {
        var plain = GuestOverhead.Bytes(Samples.InstanceSpec(), isEmulated: false);

        var bytes = GuestOverhead.Bytes(Samples.InstanceSpec((path, json)), isEmulated: false);

        (bytes - plain).ShouldBe((long)addsMiB << 20);
    }

    [Fact]
    public void Emulation_costs_room_for_translated_code()
    {
        var spec = Samples.InstanceSpec();

        (GuestOverhead.Bytes(spec, isEmulated: true) - GuestOverhead.Bytes(spec, isEmulated: false)).ShouldBe(
            48L << 20
        );
        ResourceClaim
            .Of(spec, new() { DeveloperConfiguration = new() { UseEmulation = true } })
            .MemoryBytes.ShouldBe((128L << 20) + GuestOverhead.Bytes(spec, isEmulated: true));
    }
}
