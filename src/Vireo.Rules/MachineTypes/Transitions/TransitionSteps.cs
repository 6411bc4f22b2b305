using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The steps of a transition as they hold for all of its machines.</summary>
/// <param name="Steps">Each with its minimum and its target, by name.</param>
/// <param name="Problems">Why it cannot begin; empty when it can.</param>
public sealed record SettledSteps(IReadOnlyList<MachineTypeStep> Steps, IReadOnlyList<string> Problems);

/// <summary>Settles from where to where each line of machine types moves.</summary>
public static class TransitionSteps
{
    private const int NamesToOffer = 5;

    /// <summary>Fills in what is not given, and makes a name of newest. Settled steps stay as they are.</summary>
    /// <param name="spec">The transition's.</param>
    /// <param name="offers">What hosts offer to guests of any architecture; an empty one where hosts do not tell.</param>
    public static SettledSteps Settle(MachineTypeTransitionSpec spec, MachineTypeOffers offers)
    {
        if (spec.Steps is not [_, ..] given)
        {
            return new(
                [
                    .. TransitionDefaults
                        .Steps.Where(step => spec.AllowFamilyChange != true || LineOf(step)?.Family != "pc")
                        .Select(step =>
                            step with
                            {
                                Target = LineOf(step) is { } line
                                    ? offers.Newest(line.Family, line.Vendor)?.ToString() ?? step.Target
                                    : step.Target,
                            }
                        ),
                ],
                []
            );
        }

        var problems = new List<string>();
        return new([.. given.Select((step, index) => Settle(step, index, offers, problems))], problems);
    }

    /// <summary>Puts together what hosts offer, and settles steps by it.</summary>
    public static SettledSteps Settle(MachineTypeTransitionSpec spec, IReadOnlyList<Host> hosts) =>
        Settle(spec, MachineTypeOffers.Of(hosts));

    /// <summary>True when the target is to be found out.</summary>
    internal static bool IsNewest(string? target) =>
        string.IsNullOrEmpty(target) || target == TransitionDefaults.Newest;

    /// <summary>The line that a step moves: its minimum tells, else its target.</summary>
    internal static MachineType? LineOf(MachineTypeStep step) =>
        MachineType.Parse(string.IsNullOrEmpty(step.Below) ? step.Target : step.Below);

    private static MachineTypeStep Settle(
        MachineTypeStep step,
        int index,
        MachineTypeOffers offers,
        List<string> problems
    )
    {
        var field = $"spec.steps[{index}]";
        var target = IsNewest(step.Target) ? NewestOf(step, offers) : step.Target;
        if (target is null)
        {
            problems.Add($"{field}.target: no machine type of the family of {step.Below} is offered by every host.");
            return step;
        }

        if (!offers.IsEmpty && !offers.Offers(target))
        {
            problems.Add(
                $"{field}.target: no host offers {target}; nearest: "
                    + $"{string.Join(", ", offers.Nearest(target, NamesToOffer))}."
            );
        }
        else if (
            MachineType.Parse(step.Below) is { } below
            && MachineType.Parse(target) is { } newest
            && MachineType.Compare(newest, below) is MachineTypeOrder.Older
        )
        {
            problems.Add($"{field}: {target}, the newest that every host offers, is older than below, {step.Below}.");
        }

        return new() { Below = string.IsNullOrEmpty(step.Below) ? target : step.Below, Target = target };
    }

    private static string? NewestOf(MachineTypeStep step, MachineTypeOffers offers) =>
        LineOf(step) is not { } line ? null
        : offers.Newest(line.Family, line.Vendor) is { } newest ? newest.ToString()
        : offers.IsEmpty ? TransitionDefaults.TargetOf(line.Family, line.Vendor)
        : null;
}
