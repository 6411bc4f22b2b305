namespace Vireo.Acceptance;

/// <summary>
/// The classes that nothing else may run beside: they kill the shared host, change what holds for all of its VMs, or
/// look at all of them.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
