using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Agent;
using Vireo.Runtime;
using Vireo.Tests.Faults;
using Vireo.Tests.Runtime;
using Sample = Vireo.Tests.Rules.Migrations.Moves;

namespace Vireo.Tests.Agent;

/// <summary>
/// An agent whose request about a move is refused with 403: the server says of which instance, when it is another
/// host's.
/// </summary>
public sealed class MigrationRefusalTests : IAsyncDisposable
{
    private const string Another = "another";

    private static readonly ResourceKey Key = ResourceKey.Of(Sample.Guest());

    private readonly string _folder = Directory.CreateTempSubdirectory("vireo-").FullName;
    private readonly FakeApi _api = new();
    private readonly Wire _wire;
    private readonly PeerDoors _doors = new(null);
    private readonly Arrivals _arrivals;
    private readonly MigrationReconciler _reconciler;
    private readonly TaskCompletionSource _prepared = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public MigrationRefusalTests()
    {
        _wire = new(() => _api.Http);
        var client = new KubernetesClient(new HttpClient(_wire) { BaseAddress = _api.Http.BaseAddress });
        var (time, logger) = (TimeProvider.System, NullLogger.Instance);
        var settings = new InstanceSettings("b", _folder, "default", () => true);
        var logs = new ConsoleLogs(_folder, time, logger);
        var hypervisor = new SimulatedHypervisor(SimulatedHost.Facts, time);
        var (moves, peers) = (new SimulatedGuestMoves(hypervisor), new PeerTalk(_doors));
        _arrivals = new((_, _, _) => Task.FromResult<IReadOnlyList<PreparedDisk>>([]), moves, settings, logs, time);
        var tools = new DepartureTools(client, moves, peers, settings, logs, time, logger)
        {
            Destroy = hypervisor.DestroyAsync,
        };
        _reconciler = new(
            client,
            hypervisor,
            new(_arrivals, new(tools), moves, new SimulatedGuestControl(hypervisor), peers),
            settings,
            new(new(client, "vireo-agent", "b", time), logger),
            time
        );
        _reconciler.Changed += _ => _prepared.TrySetResult();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _arrivals.ReleaseAsync(Sample.Guest().Metadata.Uid!);
        _doors.Dispose();
        _wire.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_was_made_for_a_guest_goes_when_its_name_is_another_hosts_guest()
    {
        await PrepareAsync();

        _api.RefuseNext(Another);
        (await PassAsync()).ShouldBe(Outcome.Settled);

        _arrivals.Find(Sample.Uid).ShouldBeNull();
    }

    [Fact]
    public async Task What_was_made_for_a_guest_stays_while_the_guest_is_another_hosts()
    {
        await PrepareAsync();

        _api.RefuseNext(Sample.Guest().Metadata.Uid);
        (await PassAsync()).ShouldBe(Outcome.Settled);

        _arrivals.Find(Sample.Uid).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_write_that_came_after_the_guest_became_another_hosts_is_looked_at_again_soon()
    {
        await PrepareAsync();

        RefuseWrites(Another);
        var outcome = (await PassAsync()).ShouldBeOfType<Outcome.Waiting>();

        outcome.ShouldBe(new("the instance as it is now", TimeSpan.FromSeconds(1)));
        _arrivals.Find(Sample.Uid).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    public async Task A_host_that_is_refused_everything_undoes_nothing_and_tries_again_with_growing_pauses(
        string method
    )
    {
        await PrepareAsync();

        Refuse(method, uid: null);
        var refusal = await Should.ThrowAsync<ApiException>(PassAsync());

        // What a pass throws is tried again after a pause that grows (ControllerTests).
        (refusal.Reason, refusal.IsTransient).ShouldBe((Reason.Forbidden, false));
        _arrivals.Find(Sample.Uid).ShouldNotBeNull();
        _wire.Before = null;
        (await PassAsync()).ShouldBe(Outcome.Settled);
        (
            await _api.Client.FindAsync<Vireo.Api.VirtualMachineInstance>(Key, Ct)
        )!.Status!.MigrationState!.TargetNodeAddress.ShouldNotBeNull();
    }

    private Task<Outcome> PassAsync() => _reconciler.ReconcileAsync(Key, Ct);

    /// <summary>A guest that is to come, and what it comes into is ready.</summary>
    private async Task PrepareAsync()
    {
        await _api.Client.CreateAsync(Sample.Guest(Sample.Assigned), Ct);
        await PassAsync();
        await _prepared.Task;
        _arrivals.Find(Sample.Uid).ShouldNotBeNull();
    }

    private void RefuseWrites(string? uid) => Refuse("PUT", uid);

    private void Refuse(string method, string? uid) =>
        _wire.Before = request =>
        {
            if (request.Method.Method == method)
            {
                _api.RefuseNext(uid);
            }

            return Task.CompletedTask;
        };
}
