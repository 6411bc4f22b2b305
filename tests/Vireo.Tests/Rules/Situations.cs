using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

/// <summary>What a virtual machine can be found in, by the columns of the table of run strategies.</summary>
internal static class Situations
{
    public static VirtualMachine Asked(VirtualMachine machine, params VirtualMachineStateChangeRequest[] requests) =>
        machine with
        {
            Status = (machine.Status ?? new()) with { StateChangeRequests = requests },
        };

    public static VirtualMachine Requested(VirtualMachine machine, string asked) =>
        asked switch
        {
            "start" => Asked(machine, StateChangeRequests.Start),
            "stop" => Asked(
                machine,
                new VirtualMachineStateChangeRequest { Action = "Stop", Uid = Samples.InstanceUid }
            ),
            _ => machine,
        };

    public static VirtualMachine Held(VirtualMachine machine, string column) =>
        column == "held"
            ? machine with
            {
                Status = (machine.Status ?? new()) with
                {
                    StartFailure = new()
                    {
                        ConsecutiveFailCount = 1,
                        LastFailedVMIUID = "an-earlier-one",
                        RetryAfterTimestamp = Samples.Now.AddSeconds(1),
                    },
                },
            }
            : machine;

    public static VirtualMachine Deleted(VirtualMachine machine, params string[] finalizers) =>
        machine with
        {
            Metadata = machine.Metadata with { DeletionTimestamp = Samples.Now, Finalizers = finalizers },
        };

    public static VirtualMachineInstance Deleting(VirtualMachineInstance instance) =>
        instance with
        {
            Metadata = instance.Metadata with { DeletionTimestamp = Samples.Now },
        };

    public static VirtualMachineInstance? Seen(string column)
    {
        var running = Samples.Instance();
        return column switch
        {
            "absent" or "held" => null,
            "active" => running,
            "succeeded" => Samples.Instance(VirtualMachineInstancePhase.Succeeded),
            "failed" => Samples.Instance(VirtualMachineInstancePhase.Failed),
            "orphan" => running with { Metadata = running.Metadata with { OwnerReferences = [] } },
            "foreign" => Samples.Instance(owner: "someone-else"),
            "deleting" => Deleting(running),
            _ => throw new ArgumentOutOfRangeException(nameof(column), column, "No such column."),
        };
    }
}
