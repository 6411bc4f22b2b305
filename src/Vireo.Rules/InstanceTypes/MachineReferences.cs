using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What a machine refers to, as far as it is there.</summary>
/// <param name="Instancetype">Its instance type; null when it has none, or it is not there.</param>
/// <param name="Preference">Its preference; null when it has none, or it is not there.</param>
public sealed record MachineReferences(
    VirtualMachineInstancetypeSpec? Instancetype,
    VirtualMachinePreferenceSpec? Preference
)
{
    /// <summary>Of a machine that refers to nothing.</summary>
    public static MachineReferences None { get; } = new(null, null);

    /// <summary>What is not there, and may come.</summary>
    public IReadOnlyList<FieldError> Missing { get; init; } = [];

    /// <summary>What cannot be followed however long one waits.</summary>
    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>The machine with both in their place.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    public ExpandedMachine Expand(VirtualMachine machine, KubeVirtConfiguration configuration) =>
        MachineExpansion.Of(Opened(machine.Spec), configuration.GuestArchitecture, Instancetype, Preference);

    /// <summary>
    /// True when a machine is stored with what it refers to written out, and without the references: as the cluster's
    /// <c>referencePolicy</c> has it.
    /// </summary>
    public static bool AreWrittenOut(KubeVirtConfiguration configuration, VirtualMachineStatus? status) =>
        configuration.Instancetype?.ReferencePolicy switch
        {
            "expandAll" => true,
            "expand" => status is null or { InstancetypeRef: null, PreferenceRef: null },
            _ => false,
        };

    /// <summary>
    /// A machine that would go on without an instance type says how much memory it has then; that is no conflict with
    /// the type that was found.
    /// </summary>
    private VirtualMachineSpec Opened(VirtualMachineSpec spec) =>
        Instancetype is null
        || MachineMatcher.Of(spec.Instancetype) is not { InferFromVolume: not null, IgnoresFailure: true }
        || spec.Template?.Spec?.Domain is null
            ? spec
            : spec with
            {
                Template = spec.Template with
                {
                    Spec = spec.Template.Spec with { Domain = spec.Template.Spec.Domain with { Memory = null } },
                },
            };
}
