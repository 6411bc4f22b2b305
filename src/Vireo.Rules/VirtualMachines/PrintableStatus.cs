using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The state of a virtual machine in one word, for people and for <c>kubectl get vm</c>.</summary>
public static class PrintableStatus
{
    /// <summary>The word.</summary>
    public static string Of(VirtualMachine machine, VirtualMachineInstance? instance, RunDecision decision) =>
        throw new NotSupportedException();
}
