using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Makes the instance that a virtual machine is to run.</summary>
public static class InstanceComposition
{
    /// <summary>The instance to create. Its defaults are filled when it is created, not here.</summary>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="paused">True when the guest is to wait before its first instruction.</param>
    public static VirtualMachineInstance Compose(VirtualMachine machine, bool paused) =>
        throw new NotSupportedException();
}
