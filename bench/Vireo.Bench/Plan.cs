namespace Vireo.Bench;

/// <summary>What is measured, and how often.</summary>
/// <param name="Program">The program under test.</param>
/// <param name="Image">The guests' image, an OCI layout.</param>
/// <param name="Vms">How many VMs are started.</param>
/// <param name="Starts">How often the program is started, cold and warm each.</param>
/// <param name="Reboots">How often a guest reboots itself.</param>
/// <param name="Idle">How long it is watched when it has nothing to do.</param>
internal sealed record Plan(string Program, string Image, int Vms, int Starts, int Reboots, TimeSpan Idle)
{
    /// <summary>How many stopped VMs are moved to another machine type.</summary>
    public int Transition { get; init; }

    /// <summary>True to measure nothing but that.</summary>
    public bool OnlyTransition { get; init; }

    /// <summary>How many running VMs are looked at anew after a change of the configuration.</summary>
    public int Reevaluation { get; init; }

    /// <summary>True to measure nothing but that.</summary>
    public bool OnlyReevaluation { get; init; }

    /// <summary>The image of a Linux guest, an OCI layout.</summary>
    public string LinuxImage { get; init; } = "";

    /// <summary>How often a running guest is given a vCPU, and memory.</summary>
    public int Plugs { get; init; }

    /// <summary>True to measure nothing but that.</summary>
    public bool OnlyPlugs { get; init; }

    /// <summary>How often a guest is moved between two hosts; with any, nothing else is measured.</summary>
    public int Migrations { get; init; }
}
