using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using Vireo.Streams;

namespace Vireo.Tests.Program;

/// <summary>Keys and answers between a terminal and a guest.</summary>
public sealed class ConsoleSessionTests : IDisposable
{
    private readonly Pipe _toGuest = new();
    private readonly Pipe _toUser = new();
    private readonly Pipe _keys = new();
    private readonly Pipe _screen = new();
    private readonly WebSocket _user;
    private readonly WebSocket _guest;
    private readonly ManualTimeProvider _time = new();

    public ConsoleSessionTests()
    {
        _user = Socket(_toUser, _toGuest, isServer: false);
        _guest = Socket(_toGuest, _toUser, isServer: true);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_reach_the_guest_and_the_escape_leaves()
    {
        var session = RunAsync();
        await _keys.Writer.WriteAsync(Encoding.ASCII.GetBytes("ls\n\u001dnever"), Ct);

        (await session).End.ShouldBe(ConsoleEnd.Left);
        (await ReceiveAsync()).ShouldBe("ls\n");
    }

    [Fact]
    public async Task What_the_guest_writes_is_shown_until_the_server_ends_it_and_says_why()
    {
        var session = RunAsync();
        await _guest.SendBytesAsync(Encoding.ASCII.GetBytes("login: "), Ct);
        await _guest.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "the guest has ended", Ct);

        (await session).ShouldBe((ConsoleEnd.Closed, "the guest has ended"));
        var shown = await _screen.Reader.ReadAsync(Ct);
        Encoding.ASCII.GetString(shown.Buffer).ShouldBe("login: ");
    }

    [Fact]
    public async Task Piped_input_that_ends_leaves_once_the_guest_is_silent()
    {
        var session = RunAsync();
        await _keys.Writer.WriteAsync("uptime\n"u8.ToArray(), Ct);
        await _keys.Writer.CompleteAsync();
        (await ReceiveAsync()).ShouldBe("uptime\n");
        await _guest.SendBytesAsync("up 1 day"u8.ToArray(), Ct);
        await Eventually.HoldsAsync(() => _screen.Reader.TryRead(out _));
        session.IsCompleted.ShouldBeFalse();

        await Eventually.HoldsAsync(_time, () => session.IsCompleted);

        (await session).End.ShouldBe(ConsoleEnd.InputEnded);
    }

    public void Dispose()
    {
        _user.Dispose();
        _guest.Dispose();
    }

    private Task<(ConsoleEnd End, string Reason)> RunAsync() =>
        new ConsoleSession(_user, _keys.Reader.AsStream(), _screen.Writer.AsStream(), _time).RunAsync(Ct);

    private async Task<string> ReceiveAsync()
    {
        var buffer = new byte[100];
        var frame = await _guest.ReceiveAsync(buffer.AsMemory(), Ct);
        frame.MessageType.ShouldBe(WebSocketMessageType.Binary);
        return Encoding.ASCII.GetString(buffer, 0, frame.Count);
    }

    private static WebSocket Socket(Pipe from, Pipe to, bool isServer) =>
        WebSocket.CreateFromStream(
            new Duplex(from.Reader.AsStream(), to.Writer.AsStream()),
            new WebSocketCreationOptions { IsServer = isServer }
        );

    /// <summary>One end of a connection.</summary>
    private sealed class Duplex(Stream reader, Stream writer) : Stream
    {
        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            reader.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        ) => writer.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => writer.FlushAsync(cancellationToken);

        public override void Flush() => writer.Flush();

        public override int Read(byte[] buffer, int offset, int count) => reader.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count) => writer.Write(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
