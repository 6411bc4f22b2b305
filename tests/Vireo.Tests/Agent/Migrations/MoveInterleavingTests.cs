namespace Vireo.Tests.Agent;

/// <summary>
/// Both agents, the hypervisors and a controller that cancels, in any order, with agents that are ended anywhere: at no
/// time two guests run, and in the end one does, where the status says.
/// </summary>
public sealed class MoveInterleavingTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 300)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Exactly_one_guest_runs_whatever_fails(int seed)
    {
        var world = new MoveWorld(new(seed));
        for (var turn = 0; turn < 500; turn++)
        {
            world.Turn(mayFail: turn < 120);
            world.Running.Count.ShouldBeLessThanOrEqualTo(1, $"turn {turn}");
        }

        world.Instance.Status!.MigrationState!.EndTimestamp.ShouldNotBeNull();
        world.Running.ShouldBe([world.Instance.Status.NodeName!]);
    }
}
