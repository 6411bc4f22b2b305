using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Vireo.ApiServer.Hosting;

/// <summary>One answer inside the process: the client reads what the server writes as it comes.</summary>
/// <remarks>Disposing of the body tells the server that the client has gone, as closing a connection does.</remarks>
#pragma warning disable CA1001 // The source has neither timer nor handle; both sides hold it to their end.
internal sealed class InProcessExchange : HttpResponseFeature, IHttpResponseBodyFeature, IHttpRequestLifetimeFeature
{
#pragma warning restore CA1001
    private readonly Pipe _pipe = new(
        new PipeOptions(pauseWriterThreshold: 256 * 1024, resumeWriterThreshold: 64 * 1024)
    );
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _aborted = new();
    private Stream? _stream;
    private bool _hasStarted;

    public InProcessExchange()
    {
        Body = new AnswerStream(_pipe.Reader.AsStream(), Abort);
        RequestAborted = _aborted.Token;
    }

    /// <summary>Done once status and headers are final.</summary>
    public Task Started => _started.Task;

    /// <summary>What the client reads.</summary>
    public new Stream Body { get; }

    public override bool HasStarted => _hasStarted;

    public PipeWriter Writer => _pipe.Writer;

    Stream IHttpResponseBodyFeature.Stream => _stream ??= _pipe.Writer.AsStream(leaveOpen: true);

    public CancellationToken RequestAborted { get; set; }

    public void Abort() => _aborted.Cancel();

    public void DisableBuffering() { }

    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        _hasStarted = true;
        _started.TrySetResult();
        return Task.CompletedTask;
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("The server sends no files.");

    public async Task CompleteAsync()
    {
        await StartAsync();
        await _pipe.Writer.CompleteAsync(
            _aborted.IsCancellationRequested ? new IOException("The answer was cut off.") : null
        );
    }

    /// <summary>Ends the answer by a fault.</summary>
    public void Fail(Exception fault)
    {
        _hasStarted = true;
        if (!_started.TrySetException(fault))
        {
            _pipe.Writer.Complete(fault);
        }
    }

    /// <summary>A stream that tells when its reader is done.</summary>
    private sealed class AnswerStream(Stream inner, Action disposed) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(
            byte[] buffer,
            int offset,
            int count,
            CancellationToken cancellationToken
        ) => inner.ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                disposed();
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
