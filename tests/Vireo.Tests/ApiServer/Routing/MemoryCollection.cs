namespace Vireo.Tests.ApiServer.Routing;

/// <summary>Tests that look at the memory of the whole process: nothing else may run beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryCollection
{
    public const string Name = "memory";
}
