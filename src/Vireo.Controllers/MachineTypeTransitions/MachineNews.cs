using System.Threading.Channels;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>
/// Tells people what was done to machines, behind the work itself: an event costs as much as the work.
/// </summary>
internal sealed class MachineNews(EventRecorder events)
{
    private readonly Channel<News> _news = Channel.CreateUnbounded<News>();

    /// <summary>Tells it soon.</summary>
    public void Tell(VirtualMachine machine, string reason, string message)
    {
        var metadata = machine.Metadata;
        // Not the whole machine: there may be many of them.
        var about = machine with
        {
            Metadata = new()
            {
                Namespace = metadata.Namespace,
                Name = metadata.Name,
                Uid = metadata.Uid,
            },
            Spec = Nothing,
            Status = null,
        };
        _news.Writer.TryWrite(new(about, reason, message));
    }

    /// <summary>There is no more to tell: <see cref="RunAsync"/> ends when all is told.</summary>
    public void Complete() => _news.Writer.TryComplete();

    /// <summary>Tells what there is, until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await foreach (var (about, reason, message) in _news.Reader.ReadAllAsync(ct))
            {
                await events.RecordAsync(about, "Normal", reason, message, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    private static VirtualMachineSpec Nothing { get; } =
        new() { Template = new() { Spec = new() { Domain = new() { Devices = new() } } } };

    private sealed record News(VirtualMachine About, string Reason, string Message);
}
