namespace Vireo.Api;

/// <summary>How a virtual machine is shelved.</summary>
public sealed record ShelveOptions
{
    /// <summary>The version of this form; not read.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The kind of this form; not read.</summary>
    public string? Kind { get; init; }

    /// <summary>True to copy what was saved to a registry, so that no host keeps anything for the machine.</summary>
    public bool? Offload { get; init; }

    /// <summary>Where to: an image's name with its registry, for example registry.example:5000/shelf/web:1.</summary>
    public string? Image { get; init; }

    /// <summary>The Secret with that registry's credentials, in the machine's namespace.</summary>
    public string? ImageSecret { get; init; }

    /// <summary>All: check only.</summary>
    public IReadOnlyList<string>? DryRun { get; init; }
}

/// <summary>How a virtual machine comes back from the shelf.</summary>
public sealed record UnshelveOptions
{
    /// <summary>The version of this form; not read.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The kind of this form; not read.</summary>
    public string? Kind { get; init; }

    /// <summary>All: check only.</summary>
    public IReadOnlyList<string>? DryRun { get; init; }
}

/// <summary>How the root disk of a virtual machine is made anew.</summary>
public sealed record RebuildOptions
{
    /// <summary>The version of this form; not read.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The kind of this form; not read.</summary>
    public string? Kind { get; init; }

    /// <summary>The image to make it from, which is written to the template; that of the template when empty.</summary>
    public string? Image { get; init; }

    /// <summary>All: check only.</summary>
    public IReadOnlyList<string>? DryRun { get; init; }
}
