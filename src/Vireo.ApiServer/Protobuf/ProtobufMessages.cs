using Vireo.Api;
using static Vireo.ApiServer.Protobuf.FieldForm;

namespace Vireo.ApiServer.Protobuf;

/// <summary>The kinds that typed clients write in protobuf, by the numbers Kubernetes publishes.</summary>
/// <remarks>Only kinds whose every field is listed are here: what is not listed would be lost in silence.</remarks>
internal static class ProtobufMessages
{
    private static readonly ProtobufMessage LocalReference = Of((1, new("name", Text)));

    private static readonly ProtobufMessage ObjectReference = Of(
        (1, new("kind", Text)),
        (2, new("namespace", Text)),
        (3, new("name", Text)),
        (4, new("uid", Text)),
        (5, new("apiVersion", Text)),
        (6, new("resourceVersion", Text)),
        (7, new("fieldPath", Text))
    );

    private static readonly ProtobufMessage OwnerReference = Of(
        (1, new("kind", Text)),
        (3, new("name", Text)),
        (4, new("uid", Text)),
        (5, new("apiVersion", Text)),
        (6, new("controller", Flag)),
        (7, new("blockOwnerDeletion", Flag))
    );

    private static readonly ProtobufField Metadata = new(
        "metadata",
        Message,
        Of(
            (1, new("name", Text)),
            (2, new("generateName", Text)),
            (3, new("namespace", Text)),
            (5, new("uid", Text)),
            (6, new("resourceVersion", Text)),
            (7, new("generation", Number)),
            (8, new("creationTimestamp", Time)),
            (9, new("deletionTimestamp", Time)),
            (10, new("deletionGracePeriodSeconds", Number)),
            (11, new("labels", TextMap)),
            (12, new("annotations", TextMap)),
            (13, new("ownerReferences", Message, OwnerReference, IsList: true)),
            (14, new("finalizers", Text, IsList: true))
        )
    );

    private static readonly ProtobufMessage Condition = Of(
        (1, new("type", Text)),
        (2, new("status", Text)),
        (4, new("lastTransitionTime", Time)),
        (5, new("reason", Text)),
        (6, new("message", Text))
    );

    /// <summary>How a client asks for a deletion.</summary>
    public static ProtobufMessage DeleteOptions { get; } =
        Of(
            (1, new("gracePeriodSeconds", Number)),
            (2, new("preconditions", Message, Of((1, new("uid", Text)), (2, new("resourceVersion", Text))))),
            (3, new("orphanDependents", Flag)),
            (4, new("propagationPolicy", Text)),
            (5, new("dryRun", Text, IsList: true))
        );

    private static readonly ProtobufMessage Namespace = Of(
        (1, Metadata),
        (2, new("spec", Message, Of((1, new("finalizers", Text, IsList: true))))),
        (
            3,
            new(
                "status",
                Message,
                Of((1, new("phase", Text)), (2, new("conditions", Message, Condition, IsList: true)))
            )
        )
    );

    private static readonly ProtobufMessage ConfigMap = Of(
        (1, Metadata),
        (2, new("data", TextMap)),
        (3, new("binaryData", BytesMap)),
        (4, new("immutable", Flag))
    );

    private static readonly ProtobufMessage Secret = Of(
        (1, Metadata),
        (2, new("data", BytesMap)),
        (3, new("type", Text)),
        (4, new("stringData", TextMap)),
        (5, new("immutable", Flag))
    );

    private static readonly ProtobufMessage ServiceAccount = Of(
        (1, Metadata),
        (2, new("secrets", Message, ObjectReference, IsList: true)),
        (3, new("imagePullSecrets", Message, LocalReference, IsList: true)),
        (4, new("automountServiceAccountToken", Flag))
    );

    private static readonly ProtobufMessage Event = Of(
        (1, Metadata),
        (2, new("involvedObject", Message, ObjectReference)),
        (3, new("reason", Text)),
        (4, new("message", Text)),
        (5, new("source", Message, Of((1, new("component", Text)), (2, new("host", Text))))),
        (6, new("firstTimestamp", Time)),
        (7, new("lastTimestamp", Time)),
        (8, new("count", Number)),
        (9, new("type", Text)),
        (10, new("eventTime", MicroTime)),
        (11, new("series", Message, Of((1, new("count", Number)), (2, new("lastObservedTime", MicroTime))))),
        (12, new("action", Text)),
        (13, new("related", Message, ObjectReference)),
        (14, new("reportingComponent", Text)),
        (15, new("reportingInstance", Text))
    );

    private static readonly ProtobufMessage ControllerRevision = Of(
        (1, Metadata),
        (2, new("data", Message, Of((1, new("", Raw))))),
        (3, new("revision", Number))
    );

    private static readonly ProtobufMessage LeaseSpec = Of(
        (1, new("holderIdentity", Text)),
        (2, new("leaseDurationSeconds", Number)),
        (3, new("acquireTime", MicroTime)),
        (4, new("renewTime", MicroTime)),
        (5, new("leaseTransitions", Number)),
        (6, new("strategy", Text)),
        (7, new("preferredHolder", Text))
    );

    private static readonly ProtobufMessage Lease = Of((1, Metadata), (2, new("spec", Message, LeaseSpec)));

    private static readonly Dictionary<ResourceKind, ProtobufMessage> Kinds = new(ReferenceEqualityComparer.Instance)
    {
        [ResourceKinds.Namespaces] = Namespace,
        [ResourceKinds.ConfigMaps] = ConfigMap,
        [ResourceKinds.Secrets] = Secret,
        [ResourceKinds.ServiceAccounts] = ServiceAccount,
        [ResourceKinds.Nodes] = NodeMessages.Node(Metadata),
        [ResourceKinds.Events] = Event,
        [ResourceKinds.ControllerRevisions] = ControllerRevision,
        [ResourceKinds.Leases] = Lease,
        [ResourceKinds.Roles] = AccessMessages.Role(Metadata),
        [ResourceKinds.ClusterRoles] = AccessMessages.ClusterRole(Metadata),
        [ResourceKinds.RoleBindings] = AccessMessages.Binding(Metadata),
        [ResourceKinds.ClusterRoleBindings] = AccessMessages.Binding(Metadata),
        [ReviewKinds.SelfSubjectAccessReviews] = AccessMessages.SelfSubjectAccessReview(Metadata),
        [ReviewKinds.SelfSubjectRulesReviews] = AccessMessages.SelfSubjectRulesReview(Metadata),
        [ReviewKinds.SubjectAccessReviews] = AccessMessages.SubjectAccessReview(Metadata),
        [ReviewKinds.LocalSubjectAccessReviews] = AccessMessages.SubjectAccessReview(Metadata),
        [ReviewKinds.SelfSubjectReviews] = Of((1, Metadata)),
        [ReviewKinds.TokenReviews] = AccessMessages.TokenReview(Metadata),
        [ReviewKinds.TokenRequests] = AccessMessages.TokenRequest(Metadata),
    };

    /// <summary>The message of a kind; null when the kind is not written in protobuf.</summary>
    public static ProtobufMessage? For(ResourceKind kind) => Kinds.GetValueOrDefault(kind);

    internal static ProtobufMessage Of(params (int Number, ProtobufField Field)[] fields) =>
        new(fields.ToDictionary(field => field.Number, field => field.Field));
}
