namespace Vireo.Acceptance;

/// <summary>docs/lifecycle.md is true.</summary>
[Collection(WalkCollection.Name)]
public sealed class LifecycleWalkTests(WalkHost host)
{
    [Fact]
    public async Task The_walk_shows_what_it_says()
    {
        await using var tiny = new Guest(host, "tiny");
        await using var node = new MicroGuest(host, "node");
        (await host.KubectlAsync("apply", "-f", "examples/tiny-vm.yaml")).ShouldSucceed();
        await tiny.BootedAsync();

        await new Walk(host).ThroughAsync("lifecycle.md", atLeast: 50);
    }
}
