namespace Vireo.Acceptance;

/// <summary>docs/machine-types.md is true.</summary>
[Collection(WalkCollection.Name)]
public sealed class MachineTypeWalkTests(WalkHost host)
{
    [Fact]
    public async Task The_operators_guide_shows_what_it_says()
    {
        await using var tiny = new Guest(host, "tiny");
        await using var legacy = new Guest(host, "legacy");
        await using var first = new Guest(host, "legacy-1");
        await using var second = new Guest(host, "legacy-2");
        await using var third = new Guest(host, "legacy-3");
        (await host.KubectlAsync("apply", "-f", "examples/tiny-vm.yaml")).ShouldSucceed();
        await tiny.BootedAsync();

        await new Walk(host).ThroughAsync("machine-types.md", atLeast: 30);
    }
}
