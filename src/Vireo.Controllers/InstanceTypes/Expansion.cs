using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Controllers.InstanceTypes;

/// <summary>A virtual machine as it is to be run.</summary>
/// <param name="Stored">As its owner wrote it; its status names what is in use.</param>
/// <param name="Machine">
/// The same with instance type and preference in their place; as it was written when that failed.
/// </param>
/// <param name="PreferredMachineType">The machine type that the preference names; null when none does.</param>
/// <param name="Failure">Why it cannot be run; null when it can.</param>
internal sealed record Expansion(
    VirtualMachine Stored,
    VirtualMachine Machine,
    string? PreferredMachineType = null,
    SyncFailure? Failure = null
)
{
    /// <summary>The same machine after a write.</summary>
    public Expansion As(VirtualMachine written) =>
        this with
        {
            Stored = written,
            Machine = written with { Spec = Machine.Spec },
        };

    /// <summary>Of a machine that refers to nothing.</summary>
    public static Expansion None(VirtualMachine machine) => new(machine, machine);

    /// <summary>Of a machine that cannot be run.</summary>
    public static Expansion Failed(VirtualMachine machine, string reason, string message) =>
        new(machine, machine, Failure: new(reason, message));
}
