using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Warns of a template that gives a guest another machine type than it knows.</summary>
/// <remarks>
/// It is the owner's to decide, and KubeVirt's own tools set the type so: such a change is never refused.
/// </remarks>
internal static class MachineTypeWarnings
{
    private const string Field = "spec.template.spec.domain.machine.type";

    public static IEnumerable<string> Of(VirtualMachine? old, VirtualMachine machine)
    {
        if (
            old?.Spec?.Template?.Spec?.Domain is null
            || machine.Spec?.Template?.Spec?.Domain is null
            || MachineTypeSources.TemplateOf(machine) is not { } template
            || template == MachineTypeSources.TemplateOf(old)
        )
        {
            yield break;
        }

        var known = old.Status?.MachineType?.Resolved ?? MachineTypeSources.TemplateOf(old);
        if (
            MachineType.Parse(known) is { } from
            && MachineType.Parse(template) is { } to
            && MachineTypeMoves.Objection(from, to) is { Why: not MachineTypeRefusal.AliasFromVersioned } objection
        )
        {
            yield return $"{Field}: {objection.Message}";
        }
    }
}
