using System.Net;
using Vireo.Clusters;
using Vireo.Rules;
using Vireo.Runtime;
using Vireo.Tests.ApiServer;

namespace Vireo.Tests.Program;

/// <summary>Waits against a running server; the clock stands unless a test moves it.</summary>
public sealed class WaitTests : IAsyncLifetime
{
    private static readonly Target Machine = new(TargetKind.Machine, "default", "web");
    private static readonly Target Instance = Machine with { Kind = TargetKind.Instance };

    /// <summary>Longer than a test can move the clock while the server's answers are still on their way.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromHours(48);

    private readonly ManualTimeProvider _time = new();
    private readonly StringWriter _progress = new();
    private RunningServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_wait_ends_when_what_it_waits_for_comes()
    {
        await _server.MakeVmAsync("web");
        var wait = WaitAsync(Machine, new WaitGoal.Running());
        await MakeInstanceAsync();
        await ShowAsync("""{"phase":"Scheduling"}""");
        await TellAsync("Stopped");
        wait.IsCompleted.ShouldBeFalse();

        await ShowAsync("""{"phase":"Running"}""");

        (await wait).ShouldBe(new WaitDecision.Done("Running"));
    }

    [Fact]
    public async Task Only_a_later_reboot_ends_a_wait_for_one_and_its_source_is_told()
    {
        await _server.MakeVmAsync("web");
        await MakeInstanceAsync();
        await ShowAsync(Rebooted("2026-01-01T12:00:00Z", "Reset"));
        var before = await LifeWatch.ReadAsync(Client(), Machine.Key, Ct);
        var last = VirtualMachineWaits.NewestReboot(before.Machine, before.Instance).ShouldNotBeNull();
        var wait = WaitAsync(Machine, new WaitGoal.Rebooted(last.LastTransitionTime));
        await TellAsync("not rebooted yet");

        await ShowAsync(Rebooted("2026-01-01T12:00:01Z", "GuestRequest"));

        var at = new DateTimeOffset(2026, 1, 1, 12, 0, 1, TimeSpan.Zero);
        (await wait).ShouldBe(new WaitDecision.Done("Rebooted", at, "GuestRequest"));
    }

    [Fact]
    public async Task A_wait_lives_through_a_server_that_is_away_for_a_while()
    {
        await _server.MakeVmAsync("web");
        await MakeInstanceAsync();
        await ShowAsync("""{"phase":"Running"}""");
        using var line = new BadLine(_server.Client);

        using var http = new HttpClient(line) { BaseAddress = _server.Client.BaseAddress };
        var wait = new Wait(new KubernetesClient(http), _time, _progress).UntilAsync(
            Machine,
            new WaitGoal.Paused(),
            Limit,
            Ct
        );
        await Eventually.HoldsAsync(_time, () => line.Refused >= 3);
        line.IsDown = false;
        await ShowAsync("""{"phase":"Running","conditions":[{"type":"Paused","status":"True"}]}""");
        await Eventually.HoldsAsync(_time, () => wait.IsCompleted);

        (await wait).ShouldBe(new WaitDecision.Done("Paused"));
    }

    [Fact]
    public async Task A_failure_is_believed_when_it_lasts()
    {
        var wait = WaitAsync(Instance, new WaitGoal.Running());
        await Eventually.HoldsAsync(_time, () => wait.IsCompleted);

        (await wait).ShouldBe(new WaitDecision.Failed("it is not there any more"));
        (_time.GetUtcNow() - new ManualTimeProvider().GetUtcNow()).ShouldBeGreaterThanOrEqualTo(
            TimeSpan.FromSeconds(5)
        );
    }

    [Fact]
    public async Task A_wait_whose_time_is_over_tells_what_is_now()
    {
        await _server.MakeVmAsync("web");
        var wait = WaitAsync(Machine, new WaitGoal.Rebooted());
        await TellAsync("not rebooted yet");
        wait.IsCompleted.ShouldBeFalse();

        _time.Advance(Limit);

        var why = (await wait).ShouldBeOfType<WaitDecision.Failed>().Why;
        why.ShouldContain("within 2880m");
        why.ShouldContain("Stopped, not rebooted yet");
    }

    private static string Rebooted(string at, string source) =>
        $$"""
            {"phase":"Running","conditions":[
             {"type":"GuestRebooted","status":"True","reason":"{{source}}","lastTransitionTime":"{{at}}"}]}
            """;

    private KubernetesClient Client() => new(_server.Client);

    private Task<WaitDecision> WaitAsync(Target target, WaitGoal goal) =>
        new Wait(Client(), _time, _progress).UntilAsync(target, goal, Limit, Ct);

    /// <summary>Moves the clock until the wait has said something.</summary>
    private Task TellAsync(string words) =>
        Eventually.HoldsAsync(
            _time,
            () => _progress.ToString().Contains(words, StringComparison.Ordinal),
            $"progress tells '{words}'"
        );

    private async Task MakeInstanceAsync() =>
        (
            await RunningServer.SendAsync(_server.Own, "POST", RunningServer.Vmis, RunningServer.Vmi("web"))
        ).Code.ShouldBe(HttpStatusCode.Created);

    private async Task ShowAsync(string status) =>
        (
            await RunningServer.SendAsync(
                _server.Own,
                "PATCH",
                $"{RunningServer.Vmis}/web",
                $$"""{"status":{{status}} }""",
                "application/merge-patch+json"
            )
        ).Code.ShouldBe(HttpStatusCode.OK);

    /// <summary>A line to the server that is down at first.</summary>
    private sealed class BadLine(HttpClient server) : HttpMessageHandler
    {
        private int _refused;

        public int Refused => Volatile.Read(ref _refused);

        public bool IsDown { get; set; } = true;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
        {
            if (IsDown)
            {
                Interlocked.Increment(ref _refused);
                throw new HttpRequestException("The line is down.");
            }

            using var copy = new HttpRequestMessage(request.Method, request.RequestUri);
            foreach (var (name, values) in request.Headers)
            {
                copy.Headers.TryAddWithoutValidation(name, values);
            }

            return await server.SendAsync(copy, HttpCompletionOption.ResponseHeadersRead, ct);
        }
    }
}
