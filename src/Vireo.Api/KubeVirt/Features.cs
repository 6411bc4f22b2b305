using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>Features of the processor and the board.</summary>
public sealed record Features
{
    /// <summary>ACPI: power button and tables. On when empty.</summary>
    public FeatureState? Acpi { get; init; }

    /// <summary>The interrupt controller.</summary>
    public FeatureAPIC? Apic { get; init; }

    /// <summary>What a Windows guest expects of Hyper-V.</summary>
    public FeatureHyperv? Hyperv { get; init; }

    /// <summary>What the guest sees of KVM.</summary>
    public FeatureKVM? Kvm { get; init; }

    /// <summary>Paravirtual spin locks.</summary>
    public FeatureState? Pvspinlock { get; init; }

    /// <summary>System management mode; secure boot needs it.</summary>
    public FeatureState? Smm { get; init; }
}

/// <summary>A feature that is on or off.</summary>
public sealed record FeatureState
{
    /// <summary>On when empty.</summary>
    [DefaultValue(true)]
    public bool? Enabled { get; init; }
}

/// <summary>The interrupt controller.</summary>
public sealed record FeatureAPIC
{
    /// <summary>On when empty.</summary>
    [DefaultValue(true)]
    public bool? Enabled { get; init; }

    /// <summary>Paravirtual end of interrupt.</summary>
    public bool? EndOfInterrupt { get; init; }
}

/// <summary>What a guest sees of KVM.</summary>
public sealed record FeatureKVM
{
    /// <summary>True to hide KVM from the guest.</summary>
    public bool? Hidden { get; init; }
}

/// <summary>What a Windows guest expects of Hyper-V.</summary>
public sealed record FeatureHyperv
{
    /// <summary>No watchdog on interrupts.</summary>
    public FeatureState? Relaxed { get; init; }

    /// <summary>Paravirtual interrupt controller.</summary>
    public FeatureState? Vapic { get; init; }

    /// <summary>Spin lock retries.</summary>
    public FeatureSpinlocks? Spinlocks { get; init; }

    /// <summary>Index of the virtual processor.</summary>
    public FeatureState? Vpindex { get; init; }

    /// <summary>Time spent running.</summary>
    public FeatureState? Runtime { get; init; }

    /// <summary>Synthetic interrupt controller.</summary>
    public FeatureState? Synic { get; init; }

    /// <summary>Timers of the synthetic interrupt controller.</summary>
    public SyNICTimer? Synictimer { get; init; }

    /// <summary>Reset by the hypervisor.</summary>
    public FeatureState? Reset { get; init; }

    /// <summary>The vendor that the guest reads.</summary>
    public FeatureVendorID? Vendorid { get; init; }

    /// <summary>Frequencies of the clocks.</summary>
    public FeatureState? Frequencies { get; init; }

    /// <summary>Told of migrations.</summary>
    public FeatureState? Reenlightenment { get; init; }

    /// <summary>Paravirtual flush of address translations.</summary>
    public TLBFlush? Tlbflush { get; init; }

    /// <summary>Paravirtual interrupts between processors.</summary>
    public FeatureState? Ipi { get; init; }

    /// <summary>Nested virtualization's control structure.</summary>
    public FeatureState? Evmcs { get; init; }
}

/// <summary>Spin lock retries.</summary>
public sealed record FeatureSpinlocks
{
    /// <summary>On when empty.</summary>
    [DefaultValue(true)]
    public bool? Enabled { get; init; }

    /// <summary>How many retries; 4096 or more.</summary>
    [Range(4096, uint.MaxValue)]
    public long? Spinlocks { get; init; }
}

/// <summary>Timers of the synthetic interrupt controller.</summary>
public sealed record SyNICTimer
{
    /// <summary>On when empty.</summary>
    [DefaultValue(true)]
    public bool? Enabled { get; init; }

    /// <summary>Direct mode.</summary>
    public FeatureState? Direct { get; init; }
}

/// <summary>The vendor that the guest reads.</summary>
public sealed record FeatureVendorID
{
    /// <summary>On when empty.</summary>
    [DefaultValue(true)]
    public bool? Enabled { get; init; }

    /// <summary>At most 12 characters.</summary>
    [MaxBytes(12)]
    public string? Vendorid { get; init; }
}

/// <summary>Paravirtual flush of address translations.</summary>
public sealed record TLBFlush
{
    /// <summary>On when empty.</summary>
    [DefaultValue(true)]
    public bool? Enabled { get; init; }

    /// <summary>Direct flush.</summary>
    public FeatureState? Direct { get; init; }

    /// <summary>Flush of single addresses.</summary>
    public FeatureState? Extended { get; init; }
}
