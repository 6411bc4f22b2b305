using Vireo.Controllers.InstanceTypes;

namespace Vireo.Controllers.VirtualMachines;

/// <summary>What is kept for virtual machines in ControllerRevisions.</summary>
/// <param name="Starts">What each instance was started from.</param>
/// <param name="InstanceTypes">The instance types and preferences in use, as they were when they came into use.</param>
internal sealed record MachineRecords(StartRevisions Starts, InstanceTypeRecords InstanceTypes);
