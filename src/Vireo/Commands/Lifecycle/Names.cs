using System.CommandLine;
using Vireo.Clusters;

namespace Vireo.Commands;

/// <summary>How commands are told which object they are about.</summary>
internal static class Names
{
    public static Argument<string> Machine() => new("vm") { Description = "The VirtualMachine's name." };

    public static Argument<string> Instance() =>
        new("vmi") { Description = "The name of the VirtualMachineInstance: that of its VirtualMachine." };

    /// <summary>The virtual machine of a name.</summary>
    public static Target Of(Cluster cluster, string name, TargetKind kind) =>
        Target.Parse(name, cluster.Namespace, kind) is var target && target.Kind == kind
            ? target
            : throw new UsageException($"'{name}' is of another type: give the name alone.");
}
