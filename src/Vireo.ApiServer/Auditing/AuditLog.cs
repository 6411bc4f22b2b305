using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Vireo.ApiServer.Auditing;

/// <summary>Writes down who asked for what. A request ends only once there is room for its line.</summary>
internal sealed class AuditLog : IAsyncDisposable
{
    /// <summary>Lines that wait for the disk.</summary>
    private const int MostWaiting = 10_000;

    private readonly Channel<byte[]> _lines = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true }
    );

    private readonly AuditFile _file;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _writing;

    private AuditLog(AuditFile file, TimeProvider time, ILogger logger)
    {
        (_file, _time, _logger) = (file, time, logger);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Begins to write.</summary>
    /// <exception cref="ApiServerStartException">The file cannot be written.</exception>
    public static AuditLog Open(AuditOptions options, TimeProvider time, ILogger logger)
    {
        try
        {
            return new(new AuditFile(options), time, logger);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ApiServerStartException(
                $"The audit log {options.Path} cannot be written ({fault.Message.TrimEnd('.')}): name another file with "
                    + "--audit-log, or give this user the right to write there.",
                fault
            );
        }
    }

    /// <summary>Begins the entry of a request.</summary>
    public AuditEntry Begin(HttpContext http) => new(http, _time.GetUtcNow());

    /// <summary>Writes an entry down, once its request has been answered.</summary>
    public async ValueTask EndAsync(AuditEntry entry)
    {
        if (entry.IsTold)
        {
            try
            {
                await _lines.Writer.WriteAsync(entry.ToLine(_time.GetUtcNow()));
            }
            catch (ChannelClosedException)
            {
                // The server has stopped: requests that outlive it are the last watches' ends.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing;
        _file.Dispose();
    }

    private async Task WriteAsync()
    {
        while (await _lines.Reader.WaitToReadAsync())
        {
            try
            {
                while (_lines.Reader.TryRead(out var line))
                {
                    _file.Add(line);
                }

                _file.Flush();
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                Log.AuditNotWritten(_logger, fault);
            }
        }
    }
}
