using Vireo.Api;

namespace Vireo.Rules;

/// <summary>
/// The steps of a transition: each moves one line of machine types upwards, and no two move the same.
/// </summary>
internal static class TransitionStepRules
{
    public static IEnumerable<FieldError> Check(
        IReadOnlyList<MachineTypeStep> steps,
        bool allowsFamilyChange,
        string path
    )
    {
        for (var index = 0; index < steps.Count; index++)
        {
            var field = $"{path}[{index}]";
            if (steps[index] is not { } step)
            {
                yield return FieldError.Required(field, $"{field} is missing: name below, target or both.");
                continue;
            }

            foreach (var error in Check(step, allowsFamilyChange, field))
            {
                yield return error;
            }

            if (
                TransitionSteps.LineOf(step) is { } line
                && steps
                    .Take(index)
                    .Any(other => other is not null && TransitionSteps.LineOf(other)?.IsOfLineOf(line) == true)
            )
            {
                yield return FieldError.Duplicate(
                    field,
                    $"{field}: another step moves the types of {line}'s family already."
                );
            }
        }
    }

    private static IEnumerable<FieldError> Check(MachineTypeStep step, bool allowsFamilyChange, string path)
    {
        var isNewest = TransitionSteps.IsNewest(step.Target);
        FieldError[] errors =
        [
            .. Version(step.Below, $"{path}.below"),
            .. isNewest ? [] : Version(step.Target, $"{path}.target"),
        ];
        if (errors is not [])
        {
            return errors;
        }

        var (below, target) = (MachineType.Parse(step.Below), isNewest ? null : MachineType.Parse(step.Target));
        return (below, target) switch
        {
            (null, null) =>
            [
                FieldError.Required(
                    path,
                    $"{path} names no machine type, so nothing says which family it moves: name below, target or both."
                ),
            ],
            ({ }, { }) => Move(below, target, allowsFamilyChange, path),
            _ => [],
        };
    }

    private static FieldError[] Move(MachineType below, MachineType target, bool allowsFamilyChange, string path) =>
        below.Family != target.Family
            ? allowsFamilyChange
                ? []
                :
                [
                    FieldError.Forbidden(
                        $"{path}.target",
                        $"{path}.target: {target} is of another chipset family than below, {below}: set "
                            + "spec.allowFamilyChange to allow it."
                    ),
                ]
            : MachineType.Compare(target, below) switch
            {
                MachineTypeOrder.Older =>
                [
                    FieldError.Invalid($"{path}.target", $"{path}.target: {target} is older than below, {below}."),
                ],
                MachineTypeOrder.NotComparable =>
                [
                    FieldError.Invalid(
                        $"{path}.target",
                        $"{path}.target: {target} cannot be compared with below, {below}: they are of different "
                            + "vendors or variants."
                    ),
                ],
                _ => [],
            };

    private static IEnumerable<FieldError> Version(string? name, string field)
    {
        if (string.IsNullOrEmpty(name) || MachineType.Parse(name) is { IsVersioned: true })
        {
            yield break;
        }

        yield return FieldError.Invalid(
            field,
            MachineType.Parse(name) is null
                ? $"{field}: '{name}' is no machine type; write one such as pc-q35-9.2."
                : $"{field}: '{name}' has no version that can be compared; write one such as pc-q35-9.2."
        );
    }
}
