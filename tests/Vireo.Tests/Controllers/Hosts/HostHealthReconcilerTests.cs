using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Controllers.Hosts;

public sealed class HostHealthReconcilerTests(ControlPlane plane) : IClassFixture<ControlPlane>
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_host_whose_agent_is_silent_is_unknown_and_so_is_its_node()
    {
        await plane.AddHostAsync("silent", Objects.Offer("True"), Objects.RenewedBefore(Long));

        await UntilLostAsync("silent");
        var host = plane.Find<Host>("silent")!;
        Conditions.Find(host.Status!.Conditions, "Ready")!.Reason.ShouldBe("AgentStopped");
        host.Status.Architecture.ShouldBe("amd64");
    }

    [Fact]
    public async Task A_host_that_was_marked_but_not_its_node_is_made_whole()
    {
        await plane.AddHostAsync("half", Objects.Offer("Unknown"), null);
        await plane.Client.ChangeStatusAsync<Node>(
            new(null, "half"),
            seen => seen with { Status = new() { Conditions = [new() { Type = "Ready", Status = "True" }] } },
            TestContext.Current.CancellationToken
        );
        await plane.AddLeaseAsync("half", Objects.RenewedBefore(Long));
        await plane.Client.ChangeStatusAsync<Host>(
            new(null, "half"),
            seen => seen with { Status = Objects.Offer("Unknown", "4Gi") },
            TestContext.Current.CancellationToken
        );

        await UntilLostAsync("half");
    }

    [Fact]
    public async Task A_new_host_has_time_for_its_first_lease()
    {
        await plane.AddHostAsync("new", Objects.Offer("True"), null);
        await plane.AddHostAsync("old", Objects.Offer("True"), Objects.RenewedBefore(Long));
        await UntilLostAsync("old");
        IsLost("new").ShouldBeFalse();

        await plane.StopControllersAsync();
        var later = new ManualTimeProvider(TimeProvider.System.GetUtcNow() + Long);
        await using (plane.RunControllers("first", later))
        {
            await UntilLostAsync("new");
        }

        await plane.RestartControllersAsync();
    }

    private bool IsLost(string name) =>
        Conditions.Find(plane.Find<Host>(name)?.Status?.Conditions, "Ready") is { Status: "Unknown" }
        && plane.Find<Node>(name)?.Status?.Conditions is [{ Status: "Unknown" }];

    private Task UntilLostAsync(string name) => Eventually.HoldsAsync(() => IsLost(name), $"{name} is lost");
}
