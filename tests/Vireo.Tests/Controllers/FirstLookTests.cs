using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Api;
using Vireo.Controllers;
using Vireo.Rules;
using Vireo.Runtime;
using Vireo.Tests.ApiServer;
using Vireo.Tests.Faults;

namespace Vireo.Tests.Controllers;

/// <summary>Controllers that begin, and see one kind later than the others.</summary>
public sealed class FirstLookTests
{
    private const string Name = "host1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_whose_lease_is_not_seen_yet_is_not_taken_for_lost()
    {
        await using var server = await RunningServer.StartAsync();
        var client = new KubernetesClient(server.Own);
        var before = await AddHostAsync(client);
        var lists = 0;
        using var wire = new Wire(() => server.Own)
        {
            Before = request =>
                request.RequestUri!.AbsolutePath.EndsWith("/v1/leases", StringComparison.Ordinal)
                && Interlocked.Increment(ref lists) <= 3
                    ? Task.FromException(new HttpRequestException("Not now."))
                    : Task.CompletedTask,
        };
        using var http = new HttpClient(wire) { BaseAddress = server.Own.BaseAddress };
        var host = new ControllerHost(new(http), new HourLater(), NullLoggerFactory.Instance, new Random(1));

        await using var controllers = new RunningPart(ct => host.RunAsync("first", ct));
        await Eventually.HoldsAsync(
            () => Volatile.Read(ref lists) > 3 && IsAtWork(client),
            "they see leases, and work"
        );

        var after = (await client.FindAsync<Host>(new(null, Name), Ct)).ShouldNotBeNull();
        Conditions.Find(after.Status!.Conditions, "Ready")!.Status.ShouldBe("True");
        after.Metadata.ResourceVersion.ShouldBe(before.Metadata.ResourceVersion);
    }

    private static bool IsAtWork(KubernetesClient client) =>
        client.FindAsync<ServiceAccount>(new("default", "default"), Ct).Result is not null;

    private static async Task<Host> AddHostAsync(KubernetesClient client)
    {
        var metadata = new ObjectMeta { Name = Name, Namespace = "kube-node-lease" };
        var lease = Objects.RenewedBefore(TimeSpan.FromHours(-1)) with { LeaseDurationSeconds = 3600 };
        await client.CreateAsync(new Lease { Metadata = metadata, Spec = lease }, Ct);
        await client.CreateAsync(new Host { Metadata = new() { Name = Name } }, Ct);
        var told = await client.ChangeStatusAsync<Host>(
            new(null, Name),
            seen => seen with { Status = Objects.Offer("True") },
            Ct
        );
        return told.ShouldNotBeNull();
    }

    /// <summary>A new host has some time for its first lease: here that is over.</summary>
    private sealed class HourLater : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddHours(1);
    }
}
