using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Finds the step of a transition that a machine type takes.</summary>
internal static class TransitionSteppingStones
{
    /// <summary>The step, or why there is none.</summary>
    public static (MachineTypeStep? Step, TransitionDecision.Leave? Refusal) Find(
        IReadOnlyList<MachineTypeStep> steps,
        MachineType type,
        bool allowsFamilyChange
    )
    {
        var own = steps.FirstOrDefault(step => TransitionSteps.LineOf(step)?.IsOfLineOf(type) == true);
        var across = type.Family == "pc" ? steps.FirstOrDefault(step => IsAcross(step, type)) : null;
        return (own, across) switch
        {
            ({ Target: var target }, _) when MachineType.Parse(target)?.Family != type.Family && !allowsFamilyChange =>
                (null, FamilyChange(type, target!)),
            ({ } step, _) => (step, null),
            (_, { } step) when allowsFamilyChange => (step, null),
            (_, { Target: var target }) => (null, FamilyChange(type, target!)),
            _ => (null, NoStep(steps, type)),
        };
    }

    private static bool IsAcross(MachineTypeStep step, MachineType type) =>
        MachineType.Parse(step.Target) is { Family: "q35" } target && target.Vendor == type.Vendor;

    private static TransitionDecision.Leave FamilyChange(MachineType type, string target) =>
        TransitionPlan.Refused(
            "FamilyChange",
            $"{type} is of another chipset family than {target}: the guest would find another board. Allow it with "
                + "allowFamilyChange.",
            $"{type}"
        );

    private static TransitionDecision.Leave NoStep(IReadOnlyList<MachineTypeStep> steps, MachineType type) =>
        steps.Select(TransitionSteps.LineOf).FirstOrDefault(line => line?.Family == type.Family) is { } other
            ? TransitionPlan.Refused(
                "NotComparable",
                $"{type} cannot be compared with {other}: they are of different vendors.",
                $"{type}"
            )
            : TransitionPlan.Unchanged("NoStep", $"No step moves types such as {type}.", $"{type}");
}
