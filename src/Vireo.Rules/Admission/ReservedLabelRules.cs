namespace Vireo.Rules;

/// <summary>Labels that only Vireo writes stay out of users' hands.</summary>
internal static class ReservedLabelRules
{
    public static IEnumerable<FieldError> None(IReadOnlyDictionary<string, string>? labels, string path) =>
        KubeVirtNames.ReservedLabels.Any(name => labels?.ContainsKey(name) == true)
            ?
            [
                FieldError.NotSupported(
                    path,
                    "creation of the following reserved kubevirt.io/ labels on a VMI object is prohibited: "
                        + Names(name => labels?.ContainsKey(name) == true)
                ),
            ]
            : [];

    public static IEnumerable<FieldError> Unchanged(
        IReadOnlyDictionary<string, string>? old,
        IReadOnlyDictionary<string, string>? next
    )
    {
        bool IsChanged(string name) => old?.GetValueOrDefault(name) != next?.GetValueOrDefault(name);
        return KubeVirtNames.ReservedLabels.Any(IsChanged)
            ?
            [
                FieldError.NotSupported(
                    "metadata.labels",
                    "modification of the following reserved kubevirt.io/ labels on a VMI object is prohibited: "
                        + Names(IsChanged)
                ),
            ]
            : [];
    }

    private static string Names(Func<string, bool> isMeant) =>
        string.Join(", ", KubeVirtNames.ReservedLabels.Where(isMeant).Order(StringComparer.Ordinal));
}
