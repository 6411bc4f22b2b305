namespace Vireo.Acceptance;

/// <summary>docs/instance-types.md is true.</summary>
[Collection(WalkCollection.Name)]
public sealed class InstanceTypeWalkTests(WalkHost host)
{
    [Fact]
    public async Task The_guide_to_instance_types_shows_what_it_says()
    {
        await using var typed = new Guest(host, "typed");

        await new Walk(host).ThroughAsync("instance-types.md", atLeast: 28);
    }
}
