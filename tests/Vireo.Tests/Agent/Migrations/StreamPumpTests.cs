using System.Net.Sockets;
using System.Security.Cryptography;
using Vireo.Agent;

namespace Vireo.Tests.Agent;

/// <summary>What the agents carry between two hypervisors, on real sockets.</summary>
public sealed class StreamPumpTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task All_that_was_sent_arrives_both_ways_before_the_streams_end(bool isSpliced)
    {
        var ((source, first), (second, target)) = (Pair(), Pair());
        var pumping = RunAsync(first, second, isSpliced, Ct);
        var (forth, back) = (RandomNumberGenerator.GetBytes(5_000_001), RandomNumberGenerator.GetBytes(300_001));
        await using (source)
        await using (target)
        {
            var answered = ReadAsync(source, back.Length);
            await target.WriteAsync(back, Ct);
            (await answered).ShouldBe(back);
            var arriving = ReadAsync(target, forth.Length);
            await source.WriteAsync(forth, Ct);
            source.Socket.Shutdown(SocketShutdown.Send);

            (await arriving).ShouldBe(forth);
            (await target.ReadAsync(new byte[1], Ct)).ShouldBe(0, "and then it ends");
            await pumping;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_ends_when_who_receives_is_gone_though_who_sends_is_silent(bool isSpliced)
    {
        var ((source, first), (second, target)) = (Pair(), Pair());
        await using (source)
        {
            var pumping = RunAsync(first, second, isSpliced, Ct);
            await target.DisposeAsync();

            await pumping.WaitAsync(TimeSpan.FromSeconds(60), Ct);

            (await source.ReadAsync(new byte[1], Ct)).ShouldBe(0);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_ends_when_it_is_to_though_both_are_silent(bool isSpliced)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var ((source, first), (second, target)) = (Pair(), Pair());
        await using (source)
        await using (target)
        {
            var pumping = RunAsync(first, second, isSpliced, stop.Token);

            await stop.CancelAsync();

            await pumping.WaitAsync(TimeSpan.FromSeconds(60), Ct);
            (await source.ReadAsync(new byte[1], Ct)).ShouldBe(0);
            (await target.ReadAsync(new byte[1], Ct)).ShouldBe(0);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_ends_when_who_receives_takes_no_more_though_nobody_says_that_it_is_over(bool isSpliced)
    {
        var ((source, first), (second, target)) = (Pair(), Pair());
        await using (source)
        await using (target)
        {
            var pumping = RunAsync(first, second, isSpliced, Ct);
            target.Socket.Shutdown(SocketShutdown.Receive);
            await source.WriteAsync(new byte[1], Ct);

            await pumping.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        }
    }

    [Fact]
    public async Task Who_sends_learns_that_the_other_is_lost_only_after_that_was_agreed_upon()
    {
        var ((source, first), (second, target)) = (Pair(), Pair());
        var agreed = new TaskCompletionSource();
        var isAsked = new TaskCompletionSource();
        await using (source)
        {
            var pumping = StreamPump.RunAsync(
                first,
                second,
                Ct,
                async ct =>
                {
                    isAsked.SetResult();
                    await agreed.Task.WaitAsync(ct);
                }
            );
            await target.DisposeAsync();
            await isAsked.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);
            var told = source.ReadAsync(new byte[1], Ct).AsTask();
            told.IsCompleted.ShouldBeFalse();

            agreed.SetResult();

            (await told).ShouldBe(0);
            await pumping;
        }
    }

    /// <summary>Sockets are spliced when nobody is to be asked at the end; all else is copied.</summary>
    private static Task RunAsync(Stream first, Stream second, bool isSpliced, CancellationToken ct) =>
        StreamPump.RunAsync(first, second, ct, isSpliced ? null : _ => Task.CompletedTask);

    private static async Task<byte[]> ReadAsync(Stream from, int count)
    {
        var bytes = new byte[count];
        await from.ReadExactlyAsync(bytes, Ct);
        return bytes;
    }

    /// <summary>As hypervisors have them: who writes to one that takes no more is told so.</summary>
    private static (NetworkStream One, NetworkStream Other) Pair()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var listener = Unix();
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var one = Unix();
        one.Connect(new UnixDomainSocketEndPoint(path));
        File.Delete(path);
        return (new(one, ownsSocket: true), new(listener.Accept(), ownsSocket: true));
    }

    private static Socket Unix() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
