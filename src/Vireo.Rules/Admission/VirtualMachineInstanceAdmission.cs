using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Instances: complete when created, and the users' no longer after that.</summary>
/// <remarks>
/// An instance says all that its guest has, so defaults are written into its spec; a virtual machine's spec stays as
/// its owner wrote it.
/// </remarks>
internal static class VirtualMachineInstanceAdmission
{
    public static AdmissionResult Review(AdmissionRequest request, VirtualMachineInstance instance) =>
        request.OldObject is VirtualMachineInstance old
            ? Update(request.Context, old, instance)
            : Create(request.Context, instance);

    private static AdmissionResult Create(AdmissionContext context, VirtualMachineInstance instance)
    {
        var errors = InstanceSpecRules.CheckWithDefaults(instance.Spec, "spec", context.Configuration).ToList();
        if (!context.IsSystem)
        {
            errors.AddRange(RebootPolicyRules.Check(instance.Spec, old: null, "spec", context));
            errors.AddRange(SavedImageRules.None(instance.Spec?.Volumes, "spec.volumes"));
            errors.AddRange(ReservedLabelRules.None(instance.Metadata.Labels, "metadata.labels"));
            errors.AddRange(ConfigOwnerRules.Check(old: null, instance.Metadata));
        }

        return errors.Count > 0
            ? AdmissionResult.Of(instance, errors)
            : AdmissionResult.Of(Complete(context, instance), [], InstanceSpecRules.Warnings(instance.Spec, "spec"));
    }

    private static AdmissionResult Update(
        AdmissionContext context,
        VirtualMachineInstance old,
        VirtualMachineInstance next
    )
    {
        var isSame = SameJson.Are(old.Spec, next.Spec, ApiJson.Default.VirtualMachineInstanceSpec);
        if (context.IsSystem)
        {
            return AdmissionResult.Of(
                next,
                isSame
                    ? []
                    :
                    [
                        .. MaximaRules.Unchanged(old.Spec, next.Spec, "spec.domain"),
                        .. InstanceSpecRules.CheckWithDefaults(next.Spec, "spec", context.Configuration),
                    ]
            );
        }

        return AdmissionResult.Of(
            next with
            {
                Status = old.Status,
            },
            [
                .. isSame ? [] : new[] { FieldError.NotSupported("spec", "update of VMI object is restricted") },
                .. ReservedLabelRules.Unchanged(old.Metadata.Labels, next.Metadata.Labels),
                .. ConfigOwnerRules.Check(old.Metadata, next.Metadata),
            ]
        );
    }

    private static VirtualMachineInstance Complete(AdmissionContext context, VirtualMachineInstance instance)
    {
        var metadata = instance.Metadata;
        var spec = HotplugDefaults.Fill(
            InstanceDefaults.Fill(instance.Spec, context.Configuration, IdentityOf(metadata)),
            context.Configuration
        );
        return instance with
        {
            Metadata = metadata with
            {
                Annotations = Annotations(metadata.Annotations, instance.Spec, spec, context.Configuration),
                Finalizers =
                [
                    .. (metadata.Finalizers ?? []).Where(name => name != KubeVirtNames.InstanceFinalizer),
                    KubeVirtNames.InstanceFinalizer,
                ],
            },
            Spec = spec,
            Status = FirstStatus(spec, context.Now) with
            {
                VirtualMachineRevisionName = context.IsSystem ? instance.Status?.VirtualMachineRevisionName : null,
            },
        };
    }

    /// <summary>Says of a machine type that it is nobody's choice, so that the image may have its say.</summary>
    private static IReadOnlyDictionary<string, string>? Annotations(
        IReadOnlyDictionary<string, string>? given,
        VirtualMachineInstanceSpec asked,
        VirtualMachineInstanceSpec filled,
        KubeVirtConfiguration configuration
    )
    {
        const string name = KubeVirtNames.MachineTypeSourceAnnotation;
        var isDefault = string.IsNullOrEmpty(asked.Domain.Machine?.Type);
        if (!isDefault && given?.ContainsKey(name) != true)
        {
            return given;
        }

        var annotations = (given ?? new Dictionary<string, string>()).Where(annotation => annotation.Key != name);
        return isDefault
            ? new Dictionary<string, string>(annotations)
            {
                [name] = configuration.NamesMachineTypeFor(filled.Architecture!)
                    ? MachineTypeSources.ClusterConfiguration
                    : MachineTypeSources.BuiltIn,
            }
            : new Dictionary<string, string>(annotations);
    }

    // An owner outlives its instances: each is the same guest again, with the same addresses.
    private static string? IdentityOf(ObjectMeta metadata) =>
        metadata.OwnerReferences?.FirstOrDefault(owner => owner.Controller == true) switch
        {
            { Kind: "VirtualMachine" } machine => machine.Uid,
            { } owner when InstanceConfigComposition.IsConfig(owner) => InstanceConfigComposition.IdentityOf(
                owner.Uid,
                metadata.Name!
            ),
            _ => metadata.Uid,
        };

    private static VirtualMachineInstanceStatus FirstStatus(VirtualMachineInstanceSpec spec, DateTimeOffset now)
    {
        var memory = spec.Domain.Memory?.Guest;
        return new()
        {
            Phase = VirtualMachineInstancePhase.Pending,
            PhaseTransitionTimestamps =
            [
                new() { Phase = VirtualMachineInstancePhase.Pending, PhaseTransitionTimestamp = now },
            ],
            Memory = new()
            {
                GuestAtBoot = memory,
                GuestCurrent = memory,
                GuestRequested = memory,
            },
            CurrentCPUTopology = CpuTopologies.Of(spec.Domain.Cpu),
            GuestOSInfo = new(),
        };
    }
}
