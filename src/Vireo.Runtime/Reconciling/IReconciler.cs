namespace Vireo.Runtime;

/// <summary>Makes what is match what is wanted, for one object at a time.</summary>
/// <remarks>
/// Acts on the difference it sees, never on what an event said, and can be killed at any point and run again. Never
/// called twice at once for the same key.
/// </remarks>
public interface IReconciler
{
    /// <summary>One pass for one object, which may be gone by now.</summary>
    Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct);
}
