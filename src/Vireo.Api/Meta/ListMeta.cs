namespace Vireo.Api;

/// <summary>What a list says about itself.</summary>
public sealed record ListMeta
{
    /// <summary>The revision of the store the list was read at: watch from here to miss nothing.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Opaque token that reads the next page; empty on the last.</summary>
    public string? Continue { get; init; }

    /// <summary>How many items follow this page, when it is known.</summary>
    public long? RemainingItemCount { get; init; }
}
