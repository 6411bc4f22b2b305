using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Keeps the record of a virtual machine's machine type true: what its guest has, or will have.</summary>
/// <remarks>
/// A domain that runs decides. A template that names another type than it did when the record was made is its owner's
/// update: at once for a machine that does not run, pending for one that does. What is pending becomes the record when
/// the machine stops, or boots with it. Nothing is remembered beside the record, so each pass can be the first.
/// </remarks>
public static class MachineTypeRecords
{
    /// <summary>
    /// The record as it is now; null while there is nothing to record. The same when nothing changed.
    /// </summary>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="instance">Its own instance; null when there is none.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    /// <param name="now">The time, for records that change.</param>
    /// <param name="preference">The machine type that the machine's preference names; null when none does.</param>
    public static MachineTypeRecord? Next(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        KubeVirtConfiguration configuration,
        DateTimeOffset now,
        string? preference = null
    )
    {
        // What a rebuild replaces tells nothing: the next boot chooses anew.
        var isReplaced = machine.Status?.ReplacedInstance is { } replaced && instance?.Metadata.Uid == replaced;
        var guest = isReplaced ? null : GuestMachineType.Of(instance);
        var record = machine.Status?.MachineType is { Resolved.Length: > 0 } present
            ? Seen(present, guest, configuration, now)
            : First(MachineTypeSources.TemplateOf(machine), guest, now);
        return record is null
            ? null
            : Asked(machine, record, guest, MachineTypeSources.Resolve(machine, configuration, null, preference), now);
    }

    /// <summary>
    /// The type that the next instance is made with: an alias where it is to mean what it means then, null where only
    /// the cluster's defaults are left, which are filled in when the instance is created.
    /// </summary>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    /// <param name="hosts">The hosts, which know what images name; null where they are not at hand.</param>
    /// <param name="preference">The machine type that the machine's preference names; null when none does.</param>
    public static string? ForNextBoot(
        VirtualMachine machine,
        KubeVirtConfiguration configuration,
        IReadOnlyList<Host>? hosts = null,
        string? preference = null
    ) =>
        Next(machine, instance: null, configuration, default, preference) is { } record
        && !Floats(record, configuration)
            ? record.Resolved
            : MachineTypeSources.Named(machine, hosts, preference)?.Type;

    /// <summary>
    /// True for a machine that has no record because it has not booted since it was made or rebuilt, or is just
    /// booting: its domain will tell.
    /// </summary>
    public static bool IsRecordedByItsNextBoot(VirtualMachine machine, VirtualMachineInstance? instance) =>
        machine.Status is not { MachineType.Resolved.Length: > 0 }
        && (
            machine.Status is null or { Rebuilt: true } or { ObservedGeneration: null, RunStrategy: null }
            || GuestMachineType.Of(instance) is { IsActive: true, Runs: null }
        );

    /// <summary>True when the guest runs with another type than its next boot brings.</summary>
    public static bool AwaitsBoot(VirtualMachine machine, VirtualMachineInstance? instance) =>
        Next(machine, instance, new(), default)?.Pending is not null;

    /// <summary>
    /// The record of a machine that is older than records: from its domain where it runs, else from what names a type
    /// for it. Null when that is an alias on which hosts differ, or none offers.
    /// </summary>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="instance">Its own instance; null when there is none.</param>
    /// <param name="hosts">The hosts.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    /// <param name="now">The time.</param>
    /// <param name="preference">The machine type that the machine's preference names; null when none does.</param>
    public static MachineTypeRecord? Adopt(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        IReadOnlyList<Host> hosts,
        KubeVirtConfiguration configuration,
        DateTimeOffset now,
        string? preference = null
    )
    {
        if (Next(machine, instance, configuration, now, preference) is { } known)
        {
            return known;
        }

        // Its domain is about to tell.
        if (GuestMachineType.Of(instance) is { IsActive: true })
        {
            return null;
        }

        var saved = MachineTypeSources.TemplateOf(machine) is null ? SavedImages.MachineTypeOf(machine) : null;
        var choice = saved is null
            ? MachineTypeSources.Resolve(machine, configuration, hosts, preference)
            : new(saved, MachineTypeSources.Image);
        var resolved = MachineType.Parse(choice.Type) is { IsAlias: true }
            ? MachineTypeOffers
                .Of(hosts, MachineTypeSources.ArchitectureOf(machine, configuration))
                .Canonical(choice.Type)
            : choice.Type;
        return resolved is null
            ? null
            : new()
            {
                Requested = MachineTypeSources.TemplateOf(machine),
                Resolved = resolved,
                Source = choice.Source,
                RecordedAt = now,
            };
    }

    /// <summary>
    /// True when the record only tells what the guest had: each boot takes what the alias means then.
    /// </summary>
    /// <remarks>A type that somebody set is kept, even where the template's alias floats.</remarks>
    internal static bool Floats(MachineTypeRecord record, KubeVirtConfiguration configuration) =>
        configuration.LetsMachineTypesFloat
        && record.Source != MachineTypeSources.Update
        && (string.IsNullOrEmpty(record.Requested) || MachineType.Parse(record.Requested) is { IsAlias: true });

    private static MachineTypeRecord? First(string? template, GuestMachineType? guest, DateTimeOffset now) =>
        guest?.Runs is { } runs
            ? new()
            {
                // A template that names another than the guest was started with was changed since.
                Requested = template is null ? null : guest.Started ?? template,
                Resolved = runs,
                Source = MachineTypeSources.Domain,
                RecordedAt = now,
            }
            : null;

    /// <summary>What the domain tells about the record.</summary>
    private static MachineTypeRecord Seen(
        MachineTypeRecord record,
        GuestMachineType? guest,
        KubeVirtConfiguration configuration,
        DateTimeOffset now
    )
    {
        if (guest?.Runs is not { } runs)
        {
            return record;
        }

        if (
            record.Pending is { } pending
            && (guest.Started == pending.Type || (guest.IsActive && runs == pending.Type))
        )
        {
            record = Ended(record, now);
        }

        if (!guest.IsActive || runs == record.Resolved)
        {
            return record;
        }

        var told = record with { Resolved = runs, Source = MachineTypeSources.Domain, RecordedAt = now };
        // The instance was made before the record was changed, and missed it: the next one gets it.
        var isMissed = guest.Started != record.Resolved && !Floats(record, configuration);
        return (isMissed, record.Source) switch
        {
            (true, MachineTypeSources.Update) => told with
            {
                Pending =
                    record.Pending
                    ?? new()
                    {
                        Type = record.Resolved!,
                        Source = record.Source,
                        AskedAt = record.RecordedAt,
                    },
            },
            (true, MachineTypeSources.Template) => told with { Requested = guest.Started },
            _ => told,
        };
    }

    /// <summary>What the template asks for, and what comes of what is pending.</summary>
    private static MachineTypeRecord Asked(
        VirtualMachine machine,
        MachineTypeRecord record,
        GuestMachineType? guest,
        MachineTypeChoice choice,
        DateTimeOffset now
    )
    {
        var template = MachineTypeSources.TemplateOf(machine);
        var isActive = guest?.IsActive == true;
        if (template == (record.Requested is { Length: > 0 } requested ? requested : null))
        {
            return !isActive ? Ended(record, now)
                : record.Pending?.Source is null or MachineTypeSources.Update ? record
                : record with { Pending = null };
        }

        var (type, source) = choice;
        if (!isActive)
        {
            return new()
            {
                Requested = template,
                Resolved = type,
                Source = source,
                RecordedAt = now,
            };
        }

        if (type == guest!.Runs || type == guest.Started)
        {
            return record with { Requested = template, Pending = null };
        }

        return record.Pending is { } pending && pending.Type == type && pending.Source == source
            ? record
            : record with
            {
                Pending = new()
                {
                    Type = type,
                    Source = source,
                    AskedAt = now,
                },
            };
    }

    private static MachineTypeRecord Ended(MachineTypeRecord record, DateTimeOffset now) =>
        record.Pending is { } pending
            ? record with
            {
                Resolved = pending.Type,
                Source = pending.Source,
                RecordedAt = now,
                Pending = null,
            }
            : record;
}
