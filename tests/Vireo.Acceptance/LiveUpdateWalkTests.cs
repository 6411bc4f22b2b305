namespace Vireo.Acceptance;

/// <summary>docs/live-update.md is true.</summary>
[Collection(WalkCollection.Name)]
public sealed class LiveUpdateWalkTests(WalkHost host)
{
    [Fact]
    public async Task The_walk_through_live_changes_shows_what_it_says()
    {
        await using var tiny = new Guest(host, "tiny");
        await using var alpine = new Guest(host, "alpine");
        (await host.KubectlAsync("apply", "-f", "examples/tiny-vm.yaml")).ShouldSucceed();
        await tiny.BootedAsync();

        await new Walk(host).ThroughAsync("live-update.md", atLeast: 30);
    }
}
