using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Api;
using Vireo.Controllers.MachineTypeTransitions;
using Vireo.Runtime;
using Vireo.Tests.ApiServer;
using Vireo.Tests.Faults;

namespace Vireo.Tests.Controllers.MachineTypeTransitions;

/// <summary>How fast a transition may go, by a clock that the test moves.</summary>
public sealed class TransitionLimitsTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _clock = new();
    private RunningServer _server = null!;
    private Wire _wire = null!;
    private HttpClient _http = null!;
    private string[] _refused = [];
    private Vireo.Controllers.ControllerHost _host = null!;
    private RunningPart _controllers = null!;
    private KubernetesClient _client = null!;
    private KubernetesClient _user = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        _wire = new(() => _server.Own) { Before = RefuseAsync };
        _http = new(_wire) { BaseAddress = _server.Own.BaseAddress };
        (_client, _user) = (new(_http), new(_server.Client));
        await _client.CreateAsync(new Host { Metadata = new() { Name = "host" } }, Ct);
        var offers = new[] { TransitionRoom.Old, TransitionRoom.New }.Select(name => new HostMachineType
        {
            Name = name,
            Architecture = "amd64",
        });
        await _client.ChangeStatusAsync<Host>(
            new(null, "host"),
            found => found with { Status = Objects.Offer("True") with { MachineTypes = [.. offers] } },
            Ct
        );
        _host = new(_client, _clock, NullLoggerFactory.Instance, new Random(1));
        _controllers = new(ct => _host.RunAsync("test", ct));
    }

    public async ValueTask DisposeAsync()
    {
        await _controllers.DisposeAsync();
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Batches_are_begun_one_interval_after_the_other()
    {
        await MakeAsync(5);
        await BeginAsync(new() { BatchSize = 2, BatchInterval = "10m" });

        var began = await UntilAsync(status =>
            status.Counts is { Updated: 2, Waiting: 3 }
            && status.Conditions![0].Message!.Contains("the next batch", StringComparison.Ordinal)
        );
        var first = began.BatchStartedAt!.Value;

        var second = await UntilAsync(status => status.Counts is { Updated: 4, Waiting: 1 });
        (second.BatchStartedAt!.Value - first).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(10));
        var third = await UntilAsync(status => status.Phase == "Completed");
        (third.BatchStartedAt!.Value - first).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(20));
    }

    [Fact]
    public async Task Batches_without_a_pause_follow_each_other_in_one_pass()
    {
        await MakeAsync(7);
        var (now, most) = (0, 0);
        _wire.Before = async request =>
        {
            if (request.Method == HttpMethod.Patch && request.RequestUri!.AbsolutePath.Contains("/virtualmachines/vm"))
            {
                var beside = Interlocked.Increment(ref now);
                most = Math.Max(most, beside);
                await Task.Yield();
                Interlocked.Decrement(ref now);
            }
        };
        var began = _clock.GetUtcNow();
        await BeginAsync(new() { BatchSize = 2 });

        // The clock stands still: a second pass would wait for it.
        await Eventually.HoldsAsync(() =>
            _client
                .FindAsync<MachineTypeTransition>(new(null, "t"), Ct)
                .GetAwaiter()
                .GetResult()
                ?.Status?.Counts?.Updated == 7
        );

        _clock.GetUtcNow().ShouldBe(began);
        most.ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task Machines_are_touched_only_in_the_maintenance_window()
    {
        await MakeAsync(2);
        // The clock stands at noon.
        await BeginAsync(
            new()
            {
                Window = new() { Start = "12:30", End = "12:45" },
            }
        );
        var waiting = await UntilAsync(status => status.Counts is { Waiting: 2 });
        waiting.Conditions![0].Message!.ShouldContain("12:30");

        await UntilAsync(status => status.Phase == "Completed");

        var opened = new DateTimeOffset(2026, 1, 1, 12, 30, 0, TimeSpan.Zero);
        var machines = await _client.ListAsync<VirtualMachine>(new("default"), Ct);
        machines
            .Items.Select(one => TransitionMark.Of(one)!.At)
            .ShouldAllBe(at => opened <= at && at < opened.AddMinutes(15));
    }

    [Fact]
    public async Task After_so_many_failures_no_further_machine_is_touched()
    {
        await MakeAsync(4);
        _refused = ["vm0", "vm1"];
        await BeginAsync(new() { MaxFailures = 2, BatchSize = 1 });

        var ended = await UntilAsync(status => status.Phase == "Failed");

        ended.Counts!.Failed.ShouldBe(2);
        ended.Counts.Waiting.ShouldBe(2);
        ended.Conditions![0].Reason.ShouldBe("TooManyFailures");
    }

    [Fact]
    public async Task Some_failures_below_the_limit_leave_the_others_to_be_moved_and_end_it_as_failed()
    {
        await MakeAsync(3);
        _refused = ["vm1"];
        await BeginAsync(new());

        var ended = await UntilAsync(status => status.Phase == "Failed");

        (ended.Counts!.Failed, ended.Counts.Updated).ShouldBe((1, 2));
        var failed = ended.Outcomes![0];
        (failed.Name, failed.Outcome, failed.Reason).ShouldBe(("vm1", "Failed", "ServerRefused"));
    }

    private async Task MakeAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var machine = Objects.Machine($"vm{i}", "default", RunStrategy.Halted);
            machine = VirtualMachines.MachineTypeRoom.WithType(machine, TransitionRoom.Old);
            machine = await _user.CreateAsync(machine, Ct);
            await Eventually.HoldsAsync(() => _host.HasSeen(machine), "the controllers see a machine");
        }
    }

    private async Task BeginAsync(MachineTypeTransitionLimits limits) =>
        await _user.CreateAsync(
            new MachineTypeTransition
            {
                Metadata = new() { Name = "t" },
                Spec = new()
                {
                    Steps = [new() { Below = TransitionRoom.New, Target = TransitionRoom.New }],
                    Limits = limits,
                },
            },
            Ct
        );

    /// <summary>A server that takes no patch of some machines.</summary>
    private Task RefuseAsync(HttpRequestMessage request) =>
        request.Method == HttpMethod.Patch
        && Array.Exists(_refused, name => request.RequestUri!.AbsolutePath.EndsWith($"/virtualmachines/{name}"))
            ? throw new ApiException(Reason.Invalid, "It is not to be.")
            : Task.CompletedTask;

    /// <summary>Waits, and moves the clock from timer to timer.</summary>
    private async Task<MachineTypeTransitionStatus> UntilAsync(Func<MachineTypeTransitionStatus, bool> isSo)
    {
        MachineTypeTransitionStatus? status = null;
        await Eventually.HoldsAsync(
            _clock,
            () =>
            {
                status = _client.FindAsync<MachineTypeTransition>(new(null, "t"), Ct).GetAwaiter().GetResult()?.Status;
                return status is not null && isSo(status);
            }
        );
        return status!;
    }
}
