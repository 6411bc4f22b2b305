using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Decides when an instance of a virtual machine is started and stopped.</summary>
public static class RunStrategies
{
    /// <summary>The strategy a virtual machine asks for, in either form; null when it asks for none.</summary>
    public static RunStrategy? Of(VirtualMachine machine) =>
        machine.Spec.RunStrategy
        ?? machine.Spec.Running switch
        {
            true => RunStrategy.Always,
            false => RunStrategy.Halted,
            null => null,
        };

    /// <summary>What to do next.</summary>
    /// <param name="machine">The virtual machine as it was read.</param>
    /// <param name="instance">The instance of its name, whoever owns it; null when there is none.</param>
    /// <param name="now">The time.</param>
    /// <param name="jitter">A random share between 0 and 1, which spreads the retries of many machines.</param>
    public static RunDecision Decide(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        DateTimeOffset now,
        double jitter
    ) => throw new NotSupportedException();
}
