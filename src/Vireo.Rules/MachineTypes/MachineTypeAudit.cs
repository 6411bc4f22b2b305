using Vireo.Api;

namespace Vireo.Rules;

/// <summary>How a virtual machine stands with its machine type, from well to worst.</summary>
public enum MachineTypeVerdict
{
    /// <summary>Recorded, and every host offers it.</summary>
    Ok,

    /// <summary>
    /// Nothing is recorded yet, because the machine has not booted since it was made or rebuilt: its next boot does
    /// that, and every host offers what it would bring.
    /// </summary>
    NotBooted,

    /// <summary>What is recorded is an alias, which the next boot settles.</summary>
    Alias,

    /// <summary>A host says that its QEMU will drop it.</summary>
    Deprecated,

    /// <summary>One of the next QEMUs drops it: see <see cref="MachineTypeRemovals"/>.</summary>
    SoonRemoved,

    /// <summary>Only some hosts offer it.</summary>
    OfferedBySome,

    /// <summary>No host offers it: the machine cannot start.</summary>
    NotOffered,

    /// <summary>Nothing is recorded of a machine that has booted before.</summary>
    Unset,
}

/// <summary>One virtual machine in a list or a check of machine types.</summary>
/// <param name="Namespace">The machine's namespace.</param>
/// <param name="Name">The machine.</param>
/// <param name="Template">What its template names; null when it names none.</param>
/// <param name="Recorded">What is recorded; null when nothing is.</param>
/// <param name="Running">What its guest runs with; null when it does not run.</param>
/// <param name="Pending">What its next boot brings, where that is another than recorded; null otherwise.</param>
/// <param name="Source">Where the record was read; null when there is none.</param>
/// <param name="Verdict">How it stands.</param>
/// <param name="Text">Why, and what to do; empty when all is well.</param>
public sealed record MachineTypeAuditRow(
    string Namespace,
    string Name,
    string? Template,
    string? Recorded,
    string? Running,
    string? Pending,
    string? Source,
    MachineTypeVerdict Verdict,
    string Text
)
{
    /// <summary>What counts: what the guest runs with, else what is recorded, else what its template names.</summary>
    public string? InEffect => Running ?? Recorded ?? Template;

    /// <summary>True when what counts is older than a type.</summary>
    public bool IsBelow(MachineType minimum) =>
        MachineType.Parse(InEffect) is { } type && MachineType.Compare(type, minimum) is MachineTypeOrder.Older;
}

/// <summary>Checks virtual machines before hosts are upgraded, and lists their machine types.</summary>
public static class MachineTypeAudit
{
    private const int NamesToOffer = 3;

    /// <summary>How one machine stands.</summary>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="instance">Its own instance; null when there is none.</param>
    /// <param name="hosts">The hosts.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    /// <param name="preference">The machine type that the machine's preference names; null when none does.</param>
    public static MachineTypeAuditRow Of(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        IReadOnlyList<Host> hosts,
        KubeVirtConfiguration configuration,
        string? preference = null
    ) =>
        Of(
            machine,
            instance,
            MachineTypeOffers.Of(hosts, MachineTypeSources.ArchitectureOf(machine, configuration)),
            configuration,
            preference
        );

    /// <summary>How one of many machines stands: what hosts offer to guests of its architecture is put together once.
    /// </summary>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="instance">Its own instance; null when there is none.</param>
    /// <param name="offers">What hosts offer.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    /// <param name="preference">The machine type that the machine's preference names; null when none does.</param>
    public static MachineTypeAuditRow Of(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        MachineTypeOffers offers,
        KubeVirtConfiguration configuration,
        string? preference = null
    )
    {
        var guest = GuestMachineType.Of(instance);
        var record = MachineTypeRecords.Next(machine, instance, configuration, default, preference);
        var running = guest?.IsActive == true ? guest.Runs : null;
        var (verdict, text) = record is null
            ? MachineTypeRecords.IsRecordedByItsNextBoot(machine, instance)
                ? NotBooted(machine, guest, offers, configuration, preference)
                : Unset(machine, offers, configuration, preference)
            : new[] { running, record.Resolved, record.Pending?.Type }
                .OfType<string>()
                .Distinct(StringComparer.Ordinal)
                .Select(type => Judge(type, offers, MachineTypeRecords.Floats(record, configuration)))
                .MaxBy(judged => judged.Verdict);
        return new(
            machine.Metadata.Namespace ?? "",
            machine.Metadata.Name ?? "",
            MachineTypeSources.TemplateOf(machine),
            record?.Resolved,
            running,
            record?.Pending?.Type,
            record?.Source,
            verdict,
            text
        );
    }

    /// <summary>
    /// 0 when all are recorded, or will be by their first boot, and offered by every host; 2 when one is unset or not
    /// offered; else 1.
    /// </summary>
    public static int ExitCode(IEnumerable<MachineTypeAuditRow> rows) =>
        rows.Select(row => (MachineTypeVerdict?)row.Verdict).Max() switch
        {
            null or MachineTypeVerdict.Ok or MachineTypeVerdict.NotBooted => 0,
            MachineTypeVerdict.NotOffered or MachineTypeVerdict.Unset => 2,
            _ => 1,
        };

    /// <summary>What its boot would bring is checked already, for the machine may wait for it in vain.</summary>
    private static (MachineTypeVerdict Verdict, string Text) NotBooted(
        VirtualMachine machine,
        GuestMachineType? guest,
        MachineTypeOffers offers,
        KubeVirtConfiguration configuration,
        string? preference
    )
    {
        var type = guest is { IsActive: true, Started: { } started }
            ? started
            : MachineTypeSources.Resolve(machine, configuration, offers.Hosts, preference).Type;
        return Judge(type, offers, isSettled: true) is { Verdict: > MachineTypeVerdict.NotBooted } worse
            ? worse
            : (MachineTypeVerdict.NotBooted, "not booted since it was made or rebuilt: its next boot records its type");
    }

    private static (MachineTypeVerdict Verdict, string Text) Unset(
        VirtualMachine machine,
        MachineTypeOffers offers,
        KubeVirtConfiguration configuration,
        string? preference
    )
    {
        var type = MachineTypeSources.Resolve(machine, configuration, offers.Hosts, preference).Type;
        var isAmbiguous = MachineType.Parse(type) is { IsAlias: true } && offers.Offers(type);
        return (
            MachineTypeVerdict.Unset,
            isAmbiguous && offers.Canonical(type) is null
                ? $"nothing is recorded: {type} means different versions on different hosts; start the machine, or set "
                    + "one"
                : "nothing is recorded: start the machine, or set a type"
        );
    }

    /// <param name="type">The type.</param>
    /// <param name="offers">What hosts offer.</param>
    /// <param name="isSettled">True when an alias is well, for each boot takes what it means then.</param>
    private static (MachineTypeVerdict Verdict, string Text) Judge(
        string type,
        MachineTypeOffers offers,
        bool isSettled
    )
    {
        if (offers.IsEmpty)
        {
            return (MachineTypeVerdict.NotOffered, "no host is known");
        }

        if (!offers.Offers(type))
        {
            return (
                MachineTypeVerdict.NotOffered,
                $"no host offers {type}; nearest: {string.Join(", ", offers.Nearest(type, NamesToOffer))}"
            );
        }

        return !offers.IsOfferedByAll(type)
                ? (MachineTypeVerdict.OfferedBySome, $"only offered by {string.Join(", ", offers.OfferedBy(type))}")
            : MachineTypeRemovals.SoonOf(type, offers.NewestQemu) is { } removal
                ? (
                    MachineTypeVerdict.SoonRemoved,
                    $"{type} is {(offers.IsDeprecated(type) ? "deprecated and " : "")}removed soon: {removal}"
                )
            : offers.IsDeprecated(type) ? (MachineTypeVerdict.Deprecated, $"{type} is deprecated: QEMU will drop it")
            : !isSettled && MachineType.Parse(type) is { IsAlias: true }
                ? (MachineTypeVerdict.Alias, $"{type} is an alias: the next boot settles which version it means")
            : (MachineTypeVerdict.Ok, "");
    }
}
