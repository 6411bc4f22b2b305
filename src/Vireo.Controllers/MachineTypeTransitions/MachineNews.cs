using System.Threading.Channels;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>
/// Tells people what was done to machines, behind the work itself: an event costs as much as the work.
/// </summary>
/// <remarks>What waits to be told is bounded: the work waits with it when it is too far ahead.</remarks>
/// <param name="events">
/// Tells them. It need not remember many: a machine is changed once, so hardly anything is told twice.
/// </param>
internal sealed class MachineNews(EventRecorder events)
{
    /// <summary>How many events a recorder of these is to remember.</summary>
    public const int Remembered = 256;

    private const int MostUntold = 10_000;

    private readonly Channel<News> _news = Channel.CreateBounded<News>(MostUntold);

    /// <summary>Tells it soon.</summary>
    public ValueTask TellAsync(VirtualMachine machine, string reason, string message, CancellationToken ct)
    {
        var metadata = machine.Metadata;
        return _news.Writer.WriteAsync(new(metadata.Namespace, metadata.Name, metadata.Uid, reason, message), ct);
    }

    /// <summary>There is no more to tell: <see cref="RunAsync"/> ends when all is told.</summary>
    public void Complete() => _news.Writer.TryComplete();

    /// <summary>Tells what there is, until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await foreach (var (space, name, uid, reason, message) in _news.Reader.ReadAllAsync(ct))
            {
                var about = new VirtualMachine
                {
                    Metadata = new()
                    {
                        Namespace = space,
                        Name = name,
                        Uid = uid,
                    },
                    Spec = Nothing,
                };
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

    /// <summary>Not the whole machine: there may be many of them.</summary>
    private sealed record News(string? Namespace, string? Name, string? Uid, string Reason, string Message);
}
