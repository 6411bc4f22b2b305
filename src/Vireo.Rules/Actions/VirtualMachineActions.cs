using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Decides what an action on a virtual machine comes to; each action has its table in its own file.</summary>
/// <remarks>
/// What is decided holds for the objects as they were read: write it guarded by the virtual machine's revision, and
/// decide again when that is not the present one any more. <c>dryRun</c> is not looked at here: see
/// <see cref="ActionRules" />.
/// </remarks>
public static class VirtualMachineActions
{
    /// <summary>Starts a virtual machine.</summary>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="instance">The instance of its name, whoever owns it; null when there is none.</param>
    /// <param name="options">How.</param>
    public static ActionDecision Start(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        StartOptions options
    ) => StartAction.Decide(new(machine, instance), options);

    /// <summary>Stops a virtual machine.</summary>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="instance">The instance of its name, whoever owns it; null when there is none.</param>
    /// <param name="options">How.</param>
    public static ActionDecision Stop(VirtualMachine machine, VirtualMachineInstance? instance, StopOptions options) =>
        StopAction.Decide(new(machine, instance), options);

    /// <summary>Replaces the instance of a virtual machine by a new one, made from its spec as it is then.</summary>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="instance">The instance of its name, whoever owns it; null when there is none.</param>
    /// <param name="options">How.</param>
    public static ActionDecision Restart(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        RestartOptions options
    ) => RestartAction.Decide(new(machine, instance), options);

    /// <summary>Ends the guest, saves its disks, and lets nothing run until it is unshelved.</summary>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="instance">The instance of its name, whoever owns it; null when there is none.</param>
    /// <param name="options">How.</param>
    public static ActionDecision Shelve(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        ShelveOptions options
    ) => ShelveAction.Decide(new(machine, instance), options);

    /// <summary>Lets a shelved virtual machine be what its run strategy says again.</summary>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="instance">The instance of its name, whoever owns it; null when there is none.</param>
    public static ActionDecision Unshelve(VirtualMachine machine, VirtualMachineInstance? instance) =>
        UnshelveAction.Decide(new(machine, instance));

    /// <summary>Makes the root disk anew, and forgets the recorded machine type.</summary>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="instance">The instance of its name, whoever owns it; null when there is none.</param>
    /// <param name="options">From what.</param>
    public static ActionDecision Rebuild(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        RebuildOptions options
    ) => RebuildAction.Decide(new(machine, instance), options);

    /// <summary>Moves the guest to another host. Whether it can is asked when the migration is made.</summary>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="instance">The instance of its name, whoever owns it; null when there is none.</param>
    /// <param name="options">Where to.</param>
    public static ActionDecision Migrate(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        MigrateOptions options
    ) => MigrateAction.Decide(new(machine, instance), options);
}
