using Vireo.Api;

namespace Vireo.Runtime;

/// <summary>Tells users what was done about an object, as Kubernetes Events. Repeats are counted, not told again.</summary>
/// <param name="client">Where the events go.</param>
/// <param name="component">Who tells.</param>
/// <param name="host">The host it runs on; null when that does not matter.</param>
/// <param name="time">Dates the events.</param>
public sealed class EventRecorder(KubernetesClient client, string component, string? host, TimeProvider time)
{
    /// <summary>Tells one event. Never throws: an event that cannot be told is no reason to stop the work.</summary>
    /// <param name="about">The object.</param>
    /// <param name="type">Normal or Warning.</param>
    /// <param name="reason">What happened, in one CamelCase word.</param>
    /// <param name="message">What happened, for a person.</param>
    /// <param name="ct">Ends the try.</param>
    public Task RecordAsync(IResource about, string type, string reason, string message, CancellationToken ct) =>
        throw new NotSupportedException("Being written.");
}
