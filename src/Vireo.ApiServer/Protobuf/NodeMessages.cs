using static Vireo.ApiServer.Protobuf.FieldForm;
using static Vireo.ApiServer.Protobuf.ProtobufMessages;

namespace Vireo.ApiServer.Protobuf;

/// <summary>Nodes in protobuf, with all that Kubernetes' have: what Vireo does not keep is told by name.</summary>
internal static class NodeMessages
{
    private static readonly ProtobufMessage Condition = Of(
        (1, new("type", Text)),
        (2, new("status", Text)),
        (3, new("lastHeartbeatTime", Time)),
        (4, new("lastTransitionTime", Time)),
        (5, new("reason", Text)),
        (6, new("message", Text))
    );

    private static readonly ProtobufMessage Taint = Of(
        (1, new("key", Text)),
        (2, new("value", Text)),
        (3, new("effect", Text)),
        (4, new("timeAdded", Time))
    );

    private static readonly ProtobufMessage ConfigSource = Of(
        (
            2,
            new(
                "configMap",
                Message,
                Of(
                    (1, new("namespace", Text)),
                    (2, new("name", Text)),
                    (3, new("uid", Text)),
                    (4, new("resourceVersion", Text)),
                    (5, new("kubeletConfigKey", Text))
                )
            )
        )
    );

    private static readonly ProtobufMessage Spec = Of(
        (1, new("podCIDR", Text)),
        (2, new("externalID", Text)),
        (3, new("providerID", Text)),
        (4, new("unschedulable", Flag)),
        (5, new("taints", Message, Taint, IsList: true)),
        (6, new("configSource", Message, ConfigSource)),
        (7, new("podCIDRs", Text, IsList: true))
    );

    private static readonly ProtobufMessage Info = Of(
        (1, new("machineID", Text)),
        (2, new("systemUUID", Text)),
        (3, new("bootID", Text)),
        (4, new("kernelVersion", Text)),
        (5, new("osImage", Text)),
        (6, new("containerRuntimeVersion", Text)),
        (7, new("kubeletVersion", Text)),
        (8, new("kubeProxyVersion", Text)),
        (9, new("operatingSystem", Text)),
        (10, new("architecture", Text)),
        (11, new("swap", Message, Of((1, new("capacity", Number)))))
    );

    private static readonly ProtobufMessage Config = Of(
        (1, new("assigned", Message, ConfigSource)),
        (2, new("active", Message, ConfigSource)),
        (3, new("lastKnownGood", Message, ConfigSource)),
        (4, new("error", Text))
    );

    private static readonly ProtobufMessage RuntimeHandler = Of(
        (1, new("name", Text)),
        (2, new("features", Message, Of((1, new("recursiveReadOnlyMounts", Flag)), (2, new("userNamespaces", Flag)))))
    );

    private static readonly ProtobufMessage Status = Of(
        (1, new("capacity", QuantityMap)),
        (2, new("allocatable", QuantityMap)),
        (3, new("phase", Text)),
        (4, new("conditions", Message, Condition, IsList: true)),
        (5, new("addresses", Message, Of((1, new("type", Text)), (2, new("address", Text))), IsList: true)),
        (6, new("daemonEndpoints", Message, Of((1, new("kubeletEndpoint", Message, Of((1, new("Port", Number)))))))),
        (7, new("nodeInfo", Message, Info)),
        (8, new("images", Message, Of((1, new("names", Text, IsList: true)), (2, new("sizeBytes", Number))), true)),
        (9, new("volumesInUse", Text, IsList: true)),
        (10, new("volumesAttached", Message, Of((1, new("name", Text)), (2, new("devicePath", Text))), IsList: true)),
        (11, new("config", Message, Config)),
        (12, new("runtimeHandlers", Message, RuntimeHandler, IsList: true)),
        (13, new("features", Message, Of((1, new("supplementalGroupsPolicy", Flag)))))
    );

    public static ProtobufMessage Node(ProtobufField metadata) =>
        Of((1, metadata), (2, new("spec", Message, Spec)), (3, new("status", Message, Status)));
}
