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
    /// <param name="instance">The instance of its name, whoever owns it.</param>
    /// <param name="hosts">All hosts.</param>
    /// <param name="configuration">Says what a machine gets that has no record yet.</param>
    public static VirtualMachineMachineType Of(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        IReadOnlyList<Host> hosts,
        KubeVirtConfiguration configuration
    )
    {
        var record = machine.Status?.MachineType;
        var running = Running(machine, instance);
        var type = record?.Resolved ?? running ?? MachineTypeRecords.ForNextBoot(machine, configuration);
        var offers = type is null ? [] : Offers(hosts, type, Architecture(machine, configuration));
        return new()
        {
            ApiVersion = ApiVersion,
            Kind = nameof(VirtualMachineMachineType),
            Metadata = Which(machine),
            Template = machine.Spec.Template.Spec?.Domain.Machine?.Type is { Length: > 0 } given ? given : null,
            Recorded = record,
            Running = running,
            Deprecated = offers.Any(offer => offer.Offer.Deprecated == true),
            OfferedBy = [.. offers.Select(offer => offer.Host).Order(StringComparer.Ordinal)],
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

    /// <summary>What the guest runs with: the agent reports it from the domain itself.</summary>
    private static string? Running(VirtualMachine machine, VirtualMachineInstance? instance) =>
        instance is not null
        && instance.Metadata.OwnerReferences?.Any(owner => owner.Uid == machine.Metadata.Uid) == true
        && !VirtualMachineInstancePhases.IsFinal(instance.Status?.Phase)
            ? instance.Status?.Machine?.Type
            : null;

    private static string Architecture(VirtualMachine machine, KubeVirtConfiguration configuration) =>
        machine.Spec.Template.Spec?.Architecture is { Length: > 0 } given ? given : configuration.GuestArchitecture;

    private static IReadOnlyList<(string Host, HostMachineType Offer)> Offers(
        IReadOnlyList<Host> hosts,
        string type,
        string architecture
    ) =>
        [
            .. from host in hosts
            from offer in host.Status?.MachineTypes ?? []
            where offer.Name == type && offer.Architecture == architecture
            select (host.Metadata.Name ?? "", offer),
        ];
}
