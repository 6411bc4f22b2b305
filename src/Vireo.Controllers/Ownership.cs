using System.Diagnostics.CodeAnalysis;
using Vireo.Api;

namespace Vireo.Controllers;

/// <summary>Tells a machine's own instance from another that only bears its name.</summary>
internal static class Ownership
{
    /// <summary>True for an instance that belongs to the machine.</summary>
    public static bool IsOwned([NotNullWhen(true)] VirtualMachineInstance? instance, VirtualMachine machine) =>
        instance?.Metadata.OwnerReferences?.Any(owner => owner.Uid == machine.Metadata.Uid) == true;
}
