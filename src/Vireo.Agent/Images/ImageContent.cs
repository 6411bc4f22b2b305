namespace Vireo.Agent;

/// <summary>An image that is in the store, whole.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Layers">Its layers, the lowest first.</param>
internal sealed record ImageContent(string Name, IReadOnlyList<OciDescriptor> Layers)
{
    /// <summary>The machine type that its label names; null when it names none.</summary>
    public string? MachineType { get; init; }
}
