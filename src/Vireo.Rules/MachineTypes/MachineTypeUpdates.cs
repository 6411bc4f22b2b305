using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Decides on an update of a virtual machine's recorded machine type.</summary>
/// <remarks>
/// In this order: the precondition, what is asked for, whether it is a name, whether a host offers it, whether it is so
/// already, the machine's state, and last the move itself, which alone can be forced. A machine that runs keeps what is
/// recorded, which its guest has; the new type waits for its next boot.
/// </remarks>
public static class MachineTypeUpdates
{
    private const int NamesToOffer = 5;

    /// <summary>What the update comes to.</summary>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="instance">Its own instance; null when there is none.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="hosts">The hosts.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    /// <param name="now">The time.</param>
    public static MachineTypePolicyDecision Decide(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        MachineTypeOptions options,
        IReadOnlyList<Host> hosts,
        KubeVirtConfiguration configuration,
        DateTimeOffset now
    )
    {
        var scene = new MachineTypeScene(machine, instance, hosts, configuration, now);
        if (Mismatch(scene, options.From) is { } mismatch)
        {
            return mismatch;
        }

        var name = string.IsNullOrEmpty(options.MachineType)
            ? SavedImages.MachineTypeOf(machine) ?? MachineTypeSources.ImageOf(machine, hosts)
            : options.MachineType;
        if (name is null)
        {
            return new MachineTypePolicyDecision.Refuse(
                MachineTypeRefusal.NoImageType,
                "No machine type is given, and no image of this VirtualMachine is known to name one by its label "
                    + "hw_machine_type: give a type, for example pc-q35-9.2."
            );
        }

        if (MachineType.Parse(name) is not { } type)
        {
            return new MachineTypePolicyDecision.Refuse(
                MachineTypeRefusal.Malformed,
                $"'{name}' is no machine type: write one such as pc-q35-9.2, of at most 100 letters, digits, '-', '_' "
                    + "and '.'."
            );
        }

        return NotOffered(scene, name)
            ?? Unchanged(scene, name)
            ?? WrongState(scene, options)
            ?? Objected(scene, type, options)
            ?? scene.Change(type, options.Force == true);
    }

    private static MachineTypePolicyDecision.Refuse? Mismatch(MachineTypeScene scene, string? from) =>
        string.IsNullOrEmpty(from) || from == scene.Recorded
            ? null
            : new(
                MachineTypeRefusal.PreconditionFailed,
                $"The recorded machine type is {scene.Recorded ?? "not set"}, not {from}: nothing was changed."
            );

    private static MachineTypePolicyDecision.Refuse? NotOffered(MachineTypeScene scene, string name)
    {
        if (!scene.Offers.Offers(name))
        {
            var nearest = scene.Offers.Nearest(name, NamesToOffer);
            return new(
                MachineTypeRefusal.NotOffered,
                nearest is []
                    ? $"No host is known to offer machine type {name} for {scene.Architecture} guests."
                    : $"No host offers machine type {name} for {scene.Architecture} guests. Nearest: "
                        + $"{string.Join(", ", nearest)}."
            );
        }

        return
            MachineTypeRules.Check(name, "machineType", scene.Configuration, scene.Architecture).FirstOrDefault()
                is { } error
            ? new(
                MachineTypeRefusal.NotOffered,
                $"{error.Message}; the cluster's configuration says so in "
                    + $"architectureConfiguration.{scene.Architecture}.emulatedMachines."
            )
            : null;
    }

    private static MachineTypePolicyDecision.Unchanged? Unchanged(MachineTypeScene scene, string name) =>
        scene.Record is { } record && (record.Pending?.Type ?? record.Resolved) == name
            ? new(scene.Answer("Unchanged", name, []))
            : null;

    private static MachineTypePolicyDecision.Refuse? WrongState(MachineTypeScene scene, MachineTypeOptions options) =>
        scene.Machine.Metadata.DeletionTimestamp is not null
            ? new(MachineTypeRefusal.WrongState, "The VirtualMachine is being deleted.")
        : scene.IsActive && options.AtNextBoot != true
            ? new(
                MachineTypeRefusal.WrongState,
                "The VirtualMachine runs, and its guest keeps the machine type it booted with: stop or shelve it "
                    + "first, or ask for the type at its next boot (atNextBoot)."
            )
        : null;

    private static MachineTypePolicyDecision.Refuse? Objected(
        MachineTypeScene scene,
        MachineType type,
        MachineTypeOptions options
    ) =>
        options.Force != true && scene.Objection(type) is { } objection
            ? new(objection.Why, $"{objection.Message} To do it all the same, force it.")
            : null;
}
