namespace Vireo.Acceptance;

/// <summary>docs/machine-types.md is true.</summary>
public sealed class MachineTypeWalkTests(VireoHost host)
{
    [Fact]
    public async Task The_operators_guide_shows_what_it_says()
    {
        await using var tiny = new Guest(host, "tiny");
        await using var young = new MicroGuest(host, "young");
        (await host.KubectlAsync("apply", "-f", "examples/tiny-vm.yaml")).ShouldSucceed();
        await tiny.BootedAsync();

        await new Walk(host).ThroughAsync("machine-types.md", atLeast: 30);
    }
}
