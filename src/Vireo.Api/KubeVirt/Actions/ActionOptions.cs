using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>How a virtual machine is started.</summary>
public sealed record StartOptions
{
    /// <summary>The version of this form; not read.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The kind of this form; not read.</summary>
    public string? Kind { get; init; }

    /// <summary>True to let the guest wait before its first instruction until it is unpaused.</summary>
    public bool? Paused { get; init; }

    /// <summary>All: check only.</summary>
    public IReadOnlyList<string>? DryRun { get; init; }
}

/// <summary>How a virtual machine is stopped.</summary>
public sealed record StopOptions
{
    /// <summary>The version of this form; not read.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The kind of this form; not read.</summary>
    public string? Kind { get; init; }

    /// <summary>Seconds the guest has to shut down, instead of those of its specification; 0 pulls the plug.</summary>
    [Range(0, long.MaxValue)]
    public long? GracePeriod { get; init; }

    /// <summary>All: check only.</summary>
    public IReadOnlyList<string>? DryRun { get; init; }
}

/// <summary>How a virtual machine is restarted.</summary>
public sealed record RestartOptions
{
    /// <summary>The version of this form; not read.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The kind of this form; not read.</summary>
    public string? Kind { get; init; }

    /// <summary>0 to give the guest no time to shut down; nothing else may be given.</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary>All: check only.</summary>
    public IReadOnlyList<string>? DryRun { get; init; }
}

/// <summary>How a guest is paused.</summary>
public sealed record PauseOptions
{
    /// <summary>The version of this form; not read.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The kind of this form; not read.</summary>
    public string? Kind { get; init; }

    /// <summary>All: check only.</summary>
    public IReadOnlyList<string>? DryRun { get; init; }
}

/// <summary>How a guest goes on after a pause.</summary>
public sealed record UnpauseOptions
{
    /// <summary>The version of this form; not read.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The kind of this form; not read.</summary>
    public string? Kind { get; init; }

    /// <summary>All: check only.</summary>
    public IReadOnlyList<string>? DryRun { get; init; }
}

/// <summary>How a virtual machine is moved to another host.</summary>
public sealed record MigrateOptions
{
    /// <summary>The version of this form; not read.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The kind of this form; not read.</summary>
    public string? Kind { get; init; }

    /// <summary>Labels that the other host must have, beside those of the specification.</summary>
    public IReadOnlyDictionary<string, string>? AddedNodeSelector { get; init; }

    /// <summary>All: check only.</summary>
    public IReadOnlyList<string>? DryRun { get; init; }
}

/// <summary>Which host a guest need not leave any more.</summary>
public sealed record EvacuateCancelOptions
{
    /// <summary>The version of this form; not read.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The kind of this form; not read.</summary>
    public string? Kind { get; init; }

    /// <summary>Only if it is this host that it was to leave; whichever it is when empty.</summary>
    public string? EvacuationNodeName { get; init; }

    /// <summary>All: check only.</summary>
    public IReadOnlyList<string>? DryRun { get; init; }
}

/// <summary>How a guest's file systems are frozen.</summary>
public sealed record FreezeUnfreezeTimeout
{
    /// <summary>After this they are thawed again by themselves, for example 5m; five minutes when empty.</summary>
    public string? UnfreezeTimeout { get; init; }
}

/// <summary>Which instance of a configuration is started or stopped.</summary>
public sealed record InstanceConfigOptions
{
    /// <summary>The instance; the configuration's own name when empty.</summary>
    public string? Name { get; init; }

    /// <summary>All: check only.</summary>
    public IReadOnlyList<string>? DryRun { get; init; }
}
