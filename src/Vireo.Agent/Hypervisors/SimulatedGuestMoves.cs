using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Xml.Linq;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>
/// Moves the guests of a <see cref="SimulatedHypervisor"/> to another, by the streams that agents carry.
/// </summary>
/// <remarks>
/// They talk in lines, as libvirt's daemons do in calls: the guest is expected, its memory comes, it runs there, and
/// only then is it gone here. What breaks in between leaves the guest where libvirt would leave it.
/// </remarks>
/// <param name="hypervisor">Whose guests.</param>
internal sealed class SimulatedGuestMoves(SimulatedHypervisor hypervisor) : IGuestMoves
{
    private const long Memory = 64L << 20;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"vireo-sim-{Guid.NewGuid():N}"[..24]);
    private readonly ConcurrentDictionary<DomainId, CancellationTokenSource> _jobs = new();
    private readonly ConcurrentDictionary<DomainId, long> _sent = new();

    /// <summary>Ends when all the memory of a guest has come: a move goes on until then.</summary>
    public Task Sending { get; set; } = Task.CompletedTask;

    /// <summary>
    /// True to let the connection break when a guest that came runs here, before the other host knows that.
    /// </summary>
    public bool LosesLastWord { get; set; }

    /// <summary>Ends when a guest of which all has come begins to run here.</summary>
    public Task Arriving { get; set; } = Task.CompletedTask;

    /// <summary>How long a guest may stand still, as it was told last; null before it was.</summary>
    public TimeSpan? DowntimeLimit { get; private set; }

    /// <summary>True while nobody can say how guests stand here.</summary>
    public bool IsSilent { get; set; }

    public Task<GuestStand> LookAsync(DomainId id, CancellationToken ct) =>
        IsSilent
            ? throw new HypervisorException("the hypervisor does not answer", isTransient: true)
            : Task.FromResult(hypervisor.StandOf(id));

    public Task<XElement?> DescribeAsync(DomainId id, CancellationToken ct) => Task.FromResult(hypervisor.Describe(id));

    public async Task MoveAsync(DomainId id, GuestMove move, CancellationToken ct)
    {
        using var job = new CancellationTokenSource();
        _jobs[id] = job;
        hypervisor.SetMoving(id, move.StandsStill, isMoving: true);
        try
        {
            await SendAsync(id, move, job.Token);
            hypervisor.End(id, GuestState.Migrated);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            hypervisor.SetMoving(id, isHalted: false, isMoving: false);
            throw new HypervisorException($"the move broke: {e.Message}", isTransient: true, e);
        }
        finally
        {
            _jobs.TryRemove(id, out _);
            _sent.TryRemove(id, out _);
        }
    }

    public Task<MoveProgress?> ProgressAsync(DomainId id, CancellationToken ct) =>
        Task.FromResult(
            _sent.TryGetValue(id, out var sent)
                ? new MoveProgress(
                    new()
                    {
                        MemoryTotal = Memory,
                        MemoryProcessed = sent,
                        MemoryRemaining = Memory - sent,
                    },
                    Memory - sent
                )
                : null
        );

    public MoveProgress? TakeResult(DomainId id) => null;

    public Task AbortAsync(DomainId id, CancellationToken ct)
    {
        if (_jobs.TryGetValue(id, out var job))
        {
            job.Cancel();
        }

        return Task.CompletedTask;
    }

    public Task HastenAsync(DomainId id, MoveHaste haste, CancellationToken ct) => Task.CompletedTask;

    public Task LimitDowntimeAsync(DomainId id, TimeSpan most, CancellationToken ct)
    {
        DowntimeLimit = most;
        return Task.CompletedTask;
    }

    public MoveSocket SocketOf(string migrationUid, MoveChannel channel)
    {
        Directory.CreateDirectory(_folder);
        var path = Path.Combine(_folder, $"{migrationUid}.{(int)channel}");
        return new(path, path);
    }

    public Task<Stream> OpenAsync(string migrationUid, MoveChannel channel, CancellationToken ct)
    {
        var (here, there) = (new Pipe(), new Pipe());
        _ = ReceiveAsync(new StreamReader(here.Reader.AsStream()), new StreamWriter(there.Writer.AsStream()));
        return Task.FromResult<Stream>(new TwoWayStream(there.Reader.AsStream(), here.Writer.AsStream()));
    }

    public void Forget(string migrationUid)
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task SendAsync(DomainId id, GuestMove move, CancellationToken ct)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(
            new UnixDomainSocketEndPoint(SocketOf(move.MigrationUid, MoveChannel.Control).Path),
            ct
        );
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        await using var writer = new StreamWriter(stream);
        writer.AutoFlush = true;
        var domain = move.Domain.ToString(SaveOptions.DisableFormatting).ReplaceLineEndings(" ");
        await writer.WriteLineAsync($"{id.Uid} {id.Key.Namespace} {id.Key.Name} {domain}".AsMemory(), ct);
        await HearAsync(reader.ReadLineAsync(ct).AsTask(), "expected");
        _sent[id] = Memory / 2;
        var answer = reader.ReadLineAsync(CancellationToken.None).AsTask();
        if (await Task.WhenAny(Sending, answer).WaitAsync(ct) == answer)
        {
            await HearAsync(answer, "nothing yet");
        }

        hypervisor.SetMoving(id, isHalted: true, isMoving: true);
        await writer.WriteLineAsync("all is sent".AsMemory(), CancellationToken.None);
        await HearAsync(answer, "runs");
    }

    private static async Task HearAsync(Task<string?> line, string word)
    {
        if (await line is var heard && heard != word)
        {
            throw new IOException(heard ?? "the connection was lost");
        }
    }

    /// <summary>The other side of it.</summary>
    private async Task ReceiveAsync(StreamReader reader, StreamWriter writer)
    {
        DomainId? expected = null;
        var hasAll = false;
        try
        {
            using (reader)
            await using (writer)
            {
                writer.AutoFlush = true;
                if ((await reader.ReadLineAsync())?.Split(' ', 4) is not [var uid, var space, var name, var domain])
                {
                    return;
                }

                var id = new DomainId(new(space, name), uid);
                hypervisor.Expect(id, XElement.Parse(domain));
                expected = id;
                await writer.WriteLineAsync("expected");
                hasAll =
                    await reader.ReadLineAsync() is not null
                    && await Task.WhenAny(Arriving, reader.ReadLineAsync()) == Arriving;
                if (hasAll)
                {
                    hypervisor.SetMoving(id, isHalted: false, isMoving: false);
                    if (!LosesLastWord)
                    {
                        await writer.WriteLineAsync("runs");
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or HypervisorException or InvalidOperationException)
        {
            // The other host is gone, or is told by the end of the stream.
        }
        finally
        {
            if (expected is { } id && !hasAll)
            {
                hypervisor.End(id, GuestState.Failed);
            }
        }
    }

    /// <summary>Reads from one stream and writes to another.</summary>
    private sealed class TwoWayStream(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException(value.ToString(CultureInfo.InvariantCulture));
        }

        public override void Flush() => output.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            input.ReadAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        ) => output.WriteAsync(buffer, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                input.Dispose();
                output.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
