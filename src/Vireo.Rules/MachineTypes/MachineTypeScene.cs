using Vireo.Api;

namespace Vireo.Rules;

/// <summary>A virtual machine as an update of its machine type finds it.</summary>
internal sealed class MachineTypeScene(
    VirtualMachine machine,
    VirtualMachineInstance? instance,
    IReadOnlyList<Host> hosts,
    KubeVirtConfiguration configuration,
    DateTimeOffset now
)
{
    private readonly GuestMachineType? _guest = GuestMachineType.Of(instance);

    public VirtualMachine Machine => machine;

    public KubeVirtConfiguration Configuration => configuration;

    public string Architecture { get; } = MachineTypeSources.ArchitectureOf(machine, configuration);

    /// <summary>The record as it is now, whether the controllers have written it yet or not.</summary>
    public MachineTypeRecord? Record { get; } = MachineTypeRecords.Next(machine, instance, configuration, now);

    public string? Recorded => Record?.Resolved;

    public MachineTypeOffers Offers { get; } =
        MachineTypeOffers.Of(hosts, MachineTypeSources.ArchitectureOf(machine, configuration));

    /// <summary>True while the guest runs, or is about to.</summary>
    public bool IsActive => _guest?.IsActive == true;

    /// <summary>
    /// What speaks against a new type. A machine without a record is held to what its template names, and one that
    /// names nothing was promised nothing.
    /// </summary>
    public (MachineTypeRefusal Why, string Message)? Objection(MachineType type)
    {
        var present = Recorded ?? MachineTypeSources.TemplateOf(machine);
        return present is null ? null
            : MachineType.Parse(present) is { } from ? MachineTypeMoves.Objection(from, type)
            : (MachineTypeRefusal.NotComparable, $"{type} cannot be compared with '{present}', which is recorded.");
    }

    /// <summary>The machine with the new type, for now or for its next boot.</summary>
    public MachineTypePolicyDecision Change(MachineType type, bool isForced)
    {
        // What an alias means is settled now, where types do not float: the record says what the guest will have.
        var name =
            type.IsAlias && !configuration.LetsMachineTypesFloat
                ? Offers.Canonical(type.ToString()) ?? type.ToString()
                : type.ToString();
        var template = MachineTypeSources.TemplateOf(machine);
        var isPending = IsActive && name != _guest!.Runs && name != Recorded;
        var record =
            IsActive && Record is not null
                ? Record with
                {
                    Requested = template,
                    Pending = isPending
                        ? new()
                        {
                            Type = name,
                            Source = MachineTypeSources.Update,
                            AskedAt = now,
                        }
                        : null,
                }
                : new MachineTypeRecord
                {
                    Requested = template,
                    Resolved = name,
                    Source = MachineTypeSources.Update,
                    RecordedAt = now,
                };
        return new MachineTypePolicyDecision.Allowed(
            machine with
            {
                Status = (machine.Status ?? new()) with { MachineType = record },
            },
            Answer(isPending ? "Pending" : "Updated", name, Warnings(type, name, isForced)) with
            {
                DeviceChanges = DeviceChanges(type),
            }
        );
    }

    public MachineTypeChange Answer(string outcome, string current, IReadOnlyList<string> warnings) =>
        new()
        {
            ApiVersion = "subresources.kubevirt.io/v1",
            Kind = "MachineTypeChange",
            Metadata = new() { Name = machine.Metadata.Name, Namespace = machine.Metadata.Namespace },
            Outcome = outcome,
            Previous = Recorded,
            Current = current,
            Warnings = warnings is [] ? null : warnings,
        };

    private IReadOnlyList<DeviceChange>? DeviceChanges(MachineType type) =>
        MachineType.Parse(Recorded ?? MachineTypeSources.TemplateOf(machine)) is { } from && from.Family != type.Family
            ? Rules.DeviceChanges.Between(
                InstanceDefaults.Fill(machine.Spec.Template.Spec, configuration, identity: null),
                from,
                type
            )
            : null;

    private string[] Warnings(MachineType type, string name, bool isForced)
    {
        var objection = isForced ? Objection(type) : null;
        var by = Offers.OfferedBy(name);
        return
        [
            .. objection is { } forced
                ? new[]
                {
                    $"{forced.Message} The guest's ABI changes: devices, drivers, licences and the boot order may need "
                        + "care, and a guest may fail to boot.",
                }
                : [],
            .. Offers.IsDeprecated(name)
                ? new[] { $"{name} is deprecated: QEMU will drop it, and the guest must move again before that." }
                : [],
            .. !Offers.IsOfferedByAll(name)
                ? new[] { $"Only some hosts offer {name}: the guest can run on {string.Join(", ", by)} only." }
                : [],
        ];
    }
}
