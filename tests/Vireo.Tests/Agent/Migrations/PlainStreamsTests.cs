using System.Net;
using Vireo.Agent;
using Vireo.Runtime;

namespace Vireo.Tests.Agent;

/// <summary>Who gets in where streams come in plain text, on real ports.</summary>
public sealed class PlainStreamsTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly PlainStreams _streams;

    public PlainStreamsTests() => _streams = new(IPAddress.Loopback, () => true, _time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _ended.Dispose();

    [Fact]
    public async Task Who_shows_the_ticket_is_let_in_once()
    {
        var ticket = Issue();

        await AnswersAsync(ticket);

        (await IsShutAsync(ticket)).ShouldBeTrue("it was good once");
    }

    [Fact]
    public async Task Who_shows_another_ticket_or_none_is_shut_out_and_keeps_nobody_waiting()
    {
        var ticket = Issue();
        await using var silent = await PeerDoors.OpenPlainAsync(Endpoint, ticket with { Secret = "" }, Ct);

        (await IsShutAsync(ticket with { Secret = new('0', ticket.Secret.Length) })).ShouldBeTrue();
        (await IsShutAsync(ticket with { Secret = Issue().Secret })).ShouldBeTrue("it is another stream's");
        (await IsShutAsync(ticket with { Secret = "GET / HTTP/1.1\r\n\r\n".PadRight(99) })).ShouldBeTrue();

        await AnswersAsync(ticket);
        (await EndsAsync(silent)).ShouldBeTrue("somebody was let in");
    }

    [Fact]
    public async Task Nobody_is_let_in_once_the_move_has_ended()
    {
        var ticket = Issue();
        await AnswersAsync(Issue());

        await _ended.CancelAsync();

        (await IsShutAsync(ticket)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_ticket_that_nobody_shows_is_not_good_for_long()
    {
        var ticket = Issue();
        await using var silent = await PeerDoors.OpenPlainAsync(Endpoint, ticket with { Secret = "" }, Ct);
        var other = Issue();

        _time.Advance(PlainStreams.Patience);

        (await IsShutAsync(ticket)).ShouldBeTrue();
        (await IsShutAsync(other)).ShouldBeTrue();
        (await EndsAsync(silent)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_ticket_for_a_move_that_has_ended_is_good_for_nothing()
    {
        await _ended.CancelAsync();

        (await IsShutAsync(Issue())).ShouldBeTrue();
    }

    [Fact]
    public async Task A_stream_whose_guest_is_not_to_be_had_ends()
    {
        var ticket = _streams.Issue(_ => throw new IOException("nobody listens"), _ended.Token);

        (await IsShutAsync(ticket)).ShouldBeTrue();
    }

    [Fact]
    public void Plain_text_is_refused_unless_the_cluster_asks_for_it()
    {
        var refusal = Should.Throw<ApiException>(() =>
            new PlainStreams(IPAddress.Loopback, () => false, _time).Issue(_ => Task.CompletedTask, Ct)
        );
        (refusal.Reason, refusal.Message).ShouldBe(
            (Reason.Forbidden, "Streams go encrypted: the cluster's migrations.disableTLS asks for nothing else.")
        );
    }

    /// <summary>The door's own port is not where streams in plain text go.</summary>
    private static string Endpoint => $"https://{IPAddress.Loopback}:1";

    /// <summary>A stream that gives back what it gets.</summary>
    private PlainTicket Issue() => _streams.Issue(stream => stream.CopyToAsync(stream), _ended.Token);

    private static async Task AnswersAsync(PlainTicket ticket)
    {
        await using var stream = await PeerDoors.OpenPlainAsync(Endpoint, ticket, Ct);
        using var reader = new StreamReader(stream, leaveOpen: true);
        await stream.WriteAsync("over\n"u8.ToArray(), Ct);
        (await reader.ReadLineAsync(Ct)).ShouldBe("over");
    }

    /// <summary>True when nothing comes of it but an end.</summary>
    private static async Task<bool> IsShutAsync(PlainTicket ticket)
    {
        try
        {
            await using var stream = await PeerDoors.OpenPlainAsync(Endpoint, ticket, Ct);
            return await EndsAsync(stream);
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static async Task<bool> EndsAsync(Stream stream)
    {
        try
        {
            return await stream.ReadAsync(new byte[1], Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
