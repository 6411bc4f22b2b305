using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Which configuration an instance belongs to is Vireo's to say: users neither claim nor disown one.</summary>
internal static class ConfigOwnerRules
{
    private const string Rule =
        "a reference to a VirtualMachineInstanceConfig is set by the server when the configuration starts the "
        + "instance; users cannot";

    /// <summary>The errors of the owners that a user gives.</summary>
    /// <param name="old">The metadata stored now; null on create.</param>
    /// <param name="next">The metadata that is to be stored.</param>
    public static IEnumerable<FieldError> Check(ObjectMeta? old, ObjectMeta next)
    {
        var before = old?.OwnerReferences ?? [];
        var after = next.OwnerReferences ?? [];
        return
        [
            .. Errors(after, owner => !before.Contains(owner), "add or change it"),
            .. Errors(before, owner => !after.Any(other => IsConfig(other) && other.Uid == owner.Uid), "remove it"),
        ];
    }

    private static IEnumerable<FieldError> Errors(
        IReadOnlyList<OwnerReference> owners,
        Func<OwnerReference, bool> isWrong,
        string verb
    )
    {
        for (var index = 0; index < owners.Count; index++)
        {
            if (IsConfig(owners[index]) && isWrong(owners[index]))
            {
                var field = $"metadata.ownerReferences[{index}]";
                yield return FieldError.Forbidden(field, $"{field}: {Rule} {verb}.");
            }
        }
    }

    private static bool IsConfig(OwnerReference owner) => InstanceConfigComposition.IsConfig(owner);
}
