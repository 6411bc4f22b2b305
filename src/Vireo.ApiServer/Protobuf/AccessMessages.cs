using static Vireo.ApiServer.Protobuf.FieldForm;
using static Vireo.ApiServer.Protobuf.ProtobufMessages;

namespace Vireo.ApiServer.Protobuf;

/// <summary>Roles, reviews of access and tokens, by the numbers Kubernetes publishes.</summary>
/// <remarks>What only the server says, the status of a review, is skipped where clients send it.</remarks>
internal static class AccessMessages
{
    private static readonly ProtobufField Rules = new(
        "rules",
        Message,
        Of(
            (1, new("verbs", Text, IsList: true)),
            (2, new("apiGroups", Text, IsList: true)),
            (3, new("resources", Text, IsList: true)),
            (4, new("resourceNames", Text, IsList: true)),
            (5, new("nonResourceURLs", Text, IsList: true))
        ),
        IsList: true
    );

    private static readonly ProtobufMessage Selector = Of(
        (1, new("matchLabels", TextMap)),
        (
            2,
            new(
                "matchExpressions",
                Message,
                Of((1, new("key", Text)), (2, new("operator", Text)), (3, new("values", Text, IsList: true))),
                IsList: true
            )
        )
    );

    private static readonly ProtobufField ResourceAttributes = new(
        "resourceAttributes",
        Message,
        Of(
            (1, new("namespace", Text)),
            (2, new("verb", Text)),
            (3, new("group", Text)),
            (4, new("version", Text)),
            (5, new("resource", Text)),
            (6, new("subresource", Text)),
            (7, new("name", Text))
        )
    );

    private static readonly ProtobufField NonResourceAttributes = new(
        "nonResourceAttributes",
        Message,
        Of((1, new("path", Text)), (2, new("verb", Text)))
    );

    public static ProtobufMessage Role(ProtobufField metadata) => Of((1, metadata), (2, Rules));

    public static ProtobufMessage ClusterRole(ProtobufField metadata) =>
        Of(
            (1, metadata),
            (2, Rules),
            (3, new("aggregationRule", Message, Of((1, new("clusterRoleSelectors", Message, Selector, IsList: true)))))
        );

    public static ProtobufMessage Binding(ProtobufField metadata) =>
        Of(
            (1, metadata),
            (
                2,
                new(
                    "subjects",
                    Message,
                    Of(
                        (1, new("kind", Text)),
                        (2, new("apiGroup", Text)),
                        (3, new("name", Text)),
                        (4, new("namespace", Text))
                    ),
                    IsList: true
                )
            ),
            (3, new("roleRef", Message, Of((1, new("apiGroup", Text)), (2, new("kind", Text)), (3, new("name", Text)))))
        );

    public static ProtobufMessage SelfSubjectAccessReview(ProtobufField metadata) =>
        Of((1, metadata), (2, new("spec", Message, Of((1, ResourceAttributes), (2, NonResourceAttributes)))));

    public static ProtobufMessage SelfSubjectRulesReview(ProtobufField metadata) =>
        Of((1, metadata), (2, new("spec", Message, Of((1, new("namespace", Text))))));

    public static ProtobufMessage SubjectAccessReview(ProtobufField metadata) =>
        Of(
            (1, metadata),
            (
                2,
                new(
                    "spec",
                    Message,
                    Of(
                        (1, ResourceAttributes),
                        (2, NonResourceAttributes),
                        (3, new("user", Text)),
                        (4, new("groups", Text, IsList: true)),
                        (6, new("uid", Text))
                    )
                )
            )
        );

    public static ProtobufMessage TokenReview(ProtobufField metadata) =>
        Of(
            (1, metadata),
            (2, new("spec", Message, Of((1, new("token", Text)), (2, new("audiences", Text, IsList: true)))))
        );

    public static ProtobufMessage TokenRequest(ProtobufField metadata) =>
        Of(
            (1, metadata),
            (
                2,
                new(
                    "spec",
                    Message,
                    Of(
                        (1, new("audiences", Text, IsList: true)),
                        (
                            3,
                            new(
                                "boundObjectRef",
                                Message,
                                Of(
                                    (1, new("kind", Text)),
                                    (2, new("apiVersion", Text)),
                                    (3, new("name", Text)),
                                    (4, new("uid", Text))
                                )
                            )
                        ),
                        (4, new("expirationSeconds", Number))
                    )
                )
            )
        );
}
