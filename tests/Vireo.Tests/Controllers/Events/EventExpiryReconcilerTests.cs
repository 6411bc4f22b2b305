using Vireo.Api;

namespace Vireo.Tests.Controllers.Events;

public sealed class EventExpiryReconcilerTests(ControlPlane plane) : IClassFixture<ControlPlane>
{
    [Fact]
    public async Task Events_go_an_hour_after_they_last_happened()
    {
        var space = await plane.MakeNamespaceAsync();
        await plane.StopControllersAsync();
        var clock = new ManualTimeProvider(TimeProvider.System.GetUtcNow());
        await TellAsync("old", space, clock.GetUtcNow() - TimeSpan.FromMinutes(61));
        await TellAsync("ageing", space, clock.GetUtcNow() - TimeSpan.FromMinutes(60) + TimeSpan.FromSeconds(5));
        await TellAsync("new", space, clock.GetUtcNow());
        await using (plane.RunControllers("first", clock))
        {
            await plane.UntilGoneAsync<Event>("old", space);
            plane.All<Event>(space).Select(told => told.Metadata.Name).ShouldBe(["ageing", "new"], ignoreOrder: true);

            await Eventually.HoldsAsync(clock, () => plane.Find<Event>("ageing", space) is null);
        }

        plane.Find<Event>("new", space).ShouldNotBeNull();
    }

    private Task TellAsync(string name, string space, DateTimeOffset happened) =>
        plane.Client.CreateAsync(
            new Event
            {
                Metadata = new() { Name = name, Namespace = space },
                InvolvedObject = new()
                {
                    Kind = "Namespace",
                    Name = space,
                    Namespace = space,
                },
                Reason = "Told",
                Message = "It happened.",
                Type = "Normal",
                LastTimestamp = happened,
            },
            TestContext.Current.CancellationToken
        );
}
