using System.Collections.Frozen;
using Vireo.Api;

namespace Vireo.ApiServer.OpenApi;

/// <summary>
/// The names that schemas bear in OpenAPI documents, for example <c>io.kubevirt.v1.VirtualMachine</c>.
/// </summary>
/// <remarks>
/// A type belongs to the group of the first kind that uses it; those of Kubernetes' own meta group are named.
/// </remarks>
internal static class DefinitionNames
{
    public const string Meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    public const string Quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";
    public const string Time = Meta + "Time";
    public const string MicroTime = Meta + "MicroTime";

    private static readonly Type[] MetaTypes =
    [
        typeof(ObjectMeta),
        typeof(OwnerReference),
        typeof(ManagedFieldsEntry),
        typeof(ListMeta),
        typeof(Condition),
        typeof(LabelSelector),
        typeof(LabelSelectorRequirement),
        typeof(DeleteOptions),
        typeof(Preconditions),
        typeof(Status),
        typeof(StatusDetails),
        typeof(StatusCause),
    ];

    private static readonly Lazy<FrozenDictionary<Type, string>> Names = new(Make);

    /// <summary>The name of a type's schema.</summary>
    public static string Of(Type type) => Names.Value[type];

    /// <summary>The name of the schema of a kind's lists.</summary>
    public static string ListOf(ResourceKind kind) => Of(kind.TypeInfo.Type) + "List";

    private static FrozenDictionary<Type, string> Make()
    {
        var names = MetaTypes.ToDictionary(type => type, type => Meta + type.Name);
        foreach (var kind in (ResourceKind[])[.. ResourceKinds.All, .. ReviewKinds.All, ReviewKinds.TokenRequests])
        {
            var prefix = Prefix(kind);
            foreach (var node in Objects(StructuralSchema.For(kind)))
            {
                names.TryAdd(node.Source, $"{prefix}.{kind.Version}.{node.Source.Name}");
            }
        }

        return names.ToFrozenDictionary();
    }

    /// <summary>A schema and every schema it uses that has a name, each once.</summary>
    public static IEnumerable<SchemaNode> Objects(SchemaNode root)
    {
        var seen = new HashSet<Type>();
        var waiting = new Stack<SchemaNode>([root]);
        while (waiting.TryPop(out var node))
        {
            if (node.Items is { } items)
            {
                waiting.Push(items);
            }
            else if (node.Type == SchemaType.Object && seen.Add(node.Source))
            {
                yield return node;
                foreach (var property in node.Fields.Values)
                {
                    waiting.Push(property.Value);
                }
            }
        }
    }

    private static string Prefix(ResourceKind kind)
    {
        const string Kubernetes = ".k8s.io";
        if (kind.Group.EndsWith(Kubernetes, StringComparison.Ordinal))
        {
            return $"io.k8s.api.{kind.Group[..^Kubernetes.Length]}";
        }

        return kind.Group.Length == 0 ? "io.k8s.api.core"
            : !kind.Group.Contains('.', StringComparison.Ordinal) ? $"io.k8s.api.{kind.Group}"
            : string.Join('.', kind.Group.Split('.').Reverse());
    }
}
