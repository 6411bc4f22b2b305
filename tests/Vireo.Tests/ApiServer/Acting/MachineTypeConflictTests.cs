using System.Net;

namespace Vireo.Tests.ApiServer.Acting;

/// <summary>Updates of one machine's type by several at once.</summary>
public sealed class MachineTypeConflictTests : IAsyncLifetime
{
    private const string Path = MachineTypeServer.Path;
    private static readonly string[] Minors = [.. Enumerable.Range(0, 10).Select(minor => $"pc-q35-7.{minor}")];

    private MachineTypeServer _types = null!;

    public async ValueTask InitializeAsync()
    {
        _types = await MachineTypeServer.StartAsync();
        await _types.OfferAsync("h1", ["pc-q35-6.2", .. Minors]);
    }

    public ValueTask DisposeAsync() => _types.DisposeAsync();

    [Fact]
    public async Task An_update_of_what_is_not_recorded_any_more_is_refused()
    {
        await _types.MakeAsync();
        (await PutAsync("pc-q35-7.2", from: "pc-q35-6.2")).Code.ShouldBe(HttpStatusCode.OK);

        var late = await PutAsync("pc-q35-7.3", from: "pc-q35-6.2");

        late.Code.ShouldBe(HttpStatusCode.Conflict);
        late["details"]!["causes"]![0]!["reason"]!.ToString().ShouldBe("PreconditionFailed");
        late.Message.ShouldContain("pc-q35-7.2");
        (await ResolvedAsync()).ShouldBe("pc-q35-7.2");
    }

    [Fact]
    public async Task Of_two_updates_at_once_one_wins_and_the_other_gets_a_conflict()
    {
        await _types.MakeAsync();
        var body = new LateBody("""{"machineType":"pc-q35-7.3"}""");
        var slower = SendAsync(body);
        await body.IsWaitedFor;
        (await PutAsync("pc-q35-7.2")).Code.ShouldBe(HttpStatusCode.OK);

        body.Come();
        var lost = await slower;

        lost.Code.ShouldBe(HttpStatusCode.Conflict, lost.Text);
        lost["details"]!["causes"]![0]!["reason"]!.ToString().ShouldBe("PreconditionFailed");
        lost.Message.ShouldContain(
            "changed by somebody else at the same time: it was pc-q35-6.2, and is pc-q35-7.2 now"
        );
        (await ResolvedAsync()).ShouldBe("pc-q35-7.2");
        (await _types.EventsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Of_two_updates_to_the_same_type_at_once_both_are_well()
    {
        await _types.MakeAsync();
        var body = new LateBody("""{"machineType":"pc-q35-7.2"}""");
        var slower = SendAsync(body);
        await body.IsWaitedFor;
        (await PutAsync("pc-q35-7.2"))["outcome"]!.ToString().ShouldBe("Updated");

        body.Come();

        (await slower)["outcome"]!.ToString().ShouldBe("Unchanged");
        (await _types.EventsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_update_of_a_machine_that_was_replaced_by_another_of_its_name_is_refused()
    {
        await _types.MakeAsync();
        var body = new LateBody("""{"machineType":"pc-q35-7.3"}""");
        var slower = SendAsync(body);
        await body.IsWaitedFor;
        await _types.Server.OwnAsync("PATCH", RunningServer.Vms + "/a", """{"metadata":{"finalizers":null}}""");
        await _types.Server.Api.DeleteAsync(RunningServer.Vms + "/a");
        await _types.MakeAsync();

        body.Come();

        (await slower).Code.ShouldBe(HttpStatusCode.Conflict);
        (await ResolvedAsync()).ShouldBe("pc-q35-6.2");
    }

    [Fact]
    public async Task Of_many_updates_from_the_same_type_at_once_one_wins_and_the_others_get_a_conflict()
    {
        await _types.MakeAsync();

        var replies = await Task.WhenAll(Minors.Select(type => PutAsync(type, from: "pc-q35-6.2")));

        var winner = replies.Where(reply => reply.Code == HttpStatusCode.OK).ShouldHaveSingleItem();
        foreach (var loser in replies.Where(reply => reply != winner))
        {
            loser.Code.ShouldBe(HttpStatusCode.Conflict, loser.Text);
            loser["details"]!["causes"]![0]!["reason"]!.ToString().ShouldBe("PreconditionFailed");
        }

        (await ResolvedAsync()).ShouldBe(winner["current"]!.ToString());
        (await _types.EventsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Every_update_that_is_acknowledged_replaced_what_it_says_it_did()
    {
        await _types.MakeAsync();

        var replies = await Task.WhenAll(Minors.Select(type => PutAsync(type, force: true)));

        var done = replies.Where(reply => reply.Code == HttpStatusCode.OK).ToList();
        foreach (var lost in replies.Except(done))
        {
            lost.Code.ShouldBe(HttpStatusCode.Conflict, lost.Text);
            lost["details"]!["causes"]![0]!["reason"]!.ToString().ShouldBe("PreconditionFailed");
        }

        var next = done.ToDictionary(reply => reply["previous"]!.ToString(), reply => reply["current"]!.ToString());
        var type = "pc-q35-6.2";
        for (var step = 0; step < done.Count; step++)
        {
            type = next[type];
        }

        (await ResolvedAsync()).ShouldBe(type);
        (await _types.EventsAsync()).Count.ShouldBe(done.Count);
    }

    [Fact]
    public async Task An_update_is_decided_again_when_others_write_something_else_of_the_machine()
    {
        await _types.MakeAsync();
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var labels = $$"""{"metadata":{"labels":{"w":"{{i}}"} } }""";
                (await _types.Server.Api.MergeAsync(RunningServer.Vms + "/a", labels)).Code.ShouldBe(HttpStatusCode.OK);
            }
        });

        var done = 0;
        for (var i = 0; i < 20; i++)
        {
            var reply = await PutAsync(Minors[i % Minors.Length], force: true);
            done += reply.Code == HttpStatusCode.OK ? 1 : 0;
        }

        await stop.CancelAsync();
        await writer;
        // One that loses ten times in a row may give up.
        done.ShouldBeGreaterThanOrEqualTo(18);
        (await _types.Server.VmAsync("a"))["metadata"]!["labels"]!["w"].ShouldNotBeNull();
    }

    private Task<Reply> PutAsync(string type, string? from = null, bool force = false) =>
        _types.Server.PutAsync(
            Path,
            $$"""{"machineType":"{{type}}","from":"{{from}}","force":{{(force ? "true" : "false")}}}"""
        );

    private async Task<string?> ResolvedAsync() => (await _types.RecordAsync())?["resolved"]?.ToString();

    private async Task<Reply> SendAsync(LateBody body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, Path) { Content = body };
        using var response = await _types.Server.Api.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Reply(response.StatusCode, text, [], null);
    }

    /// <summary>The body of a request that comes when the test lets it.</summary>
    private sealed class LateBody(string text) : HttpContent
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _come = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Done once the server has begun with the request and wants to read.</summary>
        public Task IsWaitedFor => _asked.Task.WaitAsync(TimeSpan.FromSeconds(20));

        public void Come() => _come.SetResult();

        protected override Task<Stream> CreateContentReadStreamAsync() =>
            Task.FromResult<Stream>(new LateStream(System.Text.Encoding.UTF8.GetBytes(text), _asked, _come.Task));

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            throw new NotSupportedException();

        protected override bool TryComputeLength(out long length) => (length = 0) > 0;
    }

    private sealed class LateStream(byte[] bytes, TaskCompletionSource asked, Task come) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            asked.TrySetResult();
            await come.WaitAsync(TimeSpan.FromSeconds(20), cancellationToken);
            return await base.ReadAsync(buffer, cancellationToken);
        }
    }
}
