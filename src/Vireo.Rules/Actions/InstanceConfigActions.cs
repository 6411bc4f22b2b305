using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Decides what starting and stopping an instance of a configuration comes to.</summary>
public static class InstanceConfigActions
{
    /// <summary>Makes an instance from a configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="name">The instance to make; null or empty for the configuration's own name.</param>
    /// <param name="existing">The instance of that name, whoever owns it; null when there is none.</param>
    public static ActionDecision Start(
        VirtualMachineInstanceConfig config,
        string? name,
        VirtualMachineInstance? existing
    ) => new ActionDecision.Nothing();

    /// <summary>Ends an instance of a configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="name">The instance to end; null or empty for the configuration's own name.</param>
    /// <param name="existing">The instance of that name, whoever owns it; null when there is none.</param>
    public static ActionDecision Stop(
        VirtualMachineInstanceConfig config,
        string? name,
        VirtualMachineInstance? existing
    ) => new ActionDecision.Nothing();
}
