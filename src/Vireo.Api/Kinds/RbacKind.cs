using System.Text.Json.Serialization.Metadata;

namespace Vireo.Api;

/// <summary>What the kinds of roles and their bindings have in common.</summary>
internal static class RbacKind
{
    public static ResourceKind<T> Of<T>(string kind, bool isNamespaced, JsonTypeInfo<T> type)
        where T : class, IResource =>
        new("rbac.authorization.k8s.io", "v1", kind, kind.ToLowerInvariant() + "s", isNamespaced, type)
        {
            IsNamedFreely = true,
            Columns = kind.EndsWith("Binding", StringComparison.Ordinal)
                ? KindColumns.RoleBindings
                : [PrinterColumn.Age],
        };
}
