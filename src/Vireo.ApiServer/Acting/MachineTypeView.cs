using Vireo.Api;
using Vireo.Rules;

namespace Vireo.ApiServer.Acting;

/// <summary>What is known of the machine type of one virtual machine.</summary>
internal static class MachineTypeView
{
    /// <summary>The form of the answers about machine types.</summary>
    public const string ApiVersion = $"{Subresources.Group}/v1";

    /// <summary>Puts together what template, record, guest and hosts say.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="instance">Its own instance; null when there is none.</param>
    /// <param name="hosts">All hosts.</param>
    /// <param name="configuration">Says what a machine gets that has no record yet.</param>
    /// <param name="now">The time, for a record that is about to be written.</param>
    /// <param name="preference">The machine type that the machine's preference names; null when none does.</param>
    public static VirtualMachineMachineType Of(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        IReadOnlyList<Host> hosts,
        KubeVirtConfiguration configuration,
        DateTimeOffset now,
        string? preference
    )
    {
        var record = MachineTypeRecords.Next(machine, instance, configuration, now, preference);
        var running = VirtualMachineInstancePhases.IsFinal(instance?.Status?.Phase)
            ? null
            : instance?.Status?.Machine?.Type;
        var type =
            record?.Resolved ?? running ?? MachineTypeSources.Resolve(machine, configuration, hosts, preference).Type;
        var offers = MachineTypeOffers.Of(hosts, MachineTypeSources.ArchitectureOf(machine, configuration));
        return new()
        {
            ApiVersion = ApiVersion,
            Kind = nameof(VirtualMachineMachineType),
            Metadata = Which(machine),
            Template = MachineTypeSources.TemplateOf(machine),
            Recorded = record,
            Running = running,
            Deprecated = offers.IsDeprecated(type),
            OfferedBy = offers.OfferedBy(type),
        };
    }

    /// <summary>Which machine an answer is about.</summary>
    public static ObjectMeta Which(VirtualMachine machine) =>
        new()
        {
            Namespace = machine.Metadata.Namespace,
            Name = machine.Metadata.Name,
            Uid = machine.Metadata.Uid,
        };
}
