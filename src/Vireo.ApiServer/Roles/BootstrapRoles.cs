using Vireo.Api;
using Vireo.ApiServer.Discovery;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Security;
using Vireo.Rules;

namespace Vireo.ApiServer.Roles;

/// <summary>The cluster roles that are there from the start: Kubernetes' own, for what is served here.</summary>
internal static class BootstrapRoles
{
    /// <summary>While it is not "false", what an object lacks is added to it at each start.</summary>
    public const string AutoUpdate = "rbac.authorization.kubernetes.io/autoupdate";

    private const string Bootstrapping = "kubernetes.io/bootstrapping";
    private const string Aggregate = "rbac.authorization.k8s.io/aggregate-to-";

    /// <summary>Verbs that look.</summary>
    public static readonly string[] Read = ["get", "list", "watch"];

    /// <summary>Verbs that change.</summary>
    public static readonly string[] Write = ["create", "delete", "deletecollection", "patch", "update"];

    /// <summary>Every role, with the rules of those that are made of others.</summary>
    public static IReadOnlyList<ClusterRole> All { get; } = Complete([.. OfKubernetes(), .. KubeVirtRoles.All()]);

    /// <summary>Makes a role.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="rules">What it allows.</param>
    public static ClusterRole Role(
        string name,
        IReadOnlyDictionary<string, string> labels,
        params PolicyRule[] rules
    ) =>
        new()
        {
            Metadata = new()
            {
                Name = name,
                Labels = labels,
                Annotations = new Dictionary<string, string> { [AutoUpdate] = "true" },
            },
            Rules = rules,
        };

    /// <summary>The label by which a role becomes part of admin, edit or view.</summary>
    public static KeyValuePair<string, string> PartOf(string role) => new(Aggregate + role, "true");

    /// <summary>Makes a rule about resources of one group.</summary>
    public static PolicyRule Rule(string group, IEnumerable<string> resources, params IReadOnlyList<string> verbs) =>
        new()
        {
            ApiGroups = [group],
            Resources = [.. resources],
            Verbs = verbs,
        };

    private static IEnumerable<ClusterRole> OfKubernetes() =>
        [
            Own(
                "cluster-admin",
                [
                    new()
                    {
                        ApiGroups = ["*"],
                        Resources = ["*"],
                        Verbs = ["*"],
                    },
                    Paths(["*"], "*"),
                ]
            ),
            Own(
                "system:basic-user",
                [
                    Rule("authorization.k8s.io", ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], "create"),
                    Rule("authentication.k8s.io", ["selfsubjectreviews"], "create"),
                ]
            ),
            Own(
                "system:discovery",
                [
                    Paths(
                        [
                            "/api",
                            "/api/*",
                            "/apis",
                            "/apis/*",
                            "/healthz",
                            "/livez",
                            "/openapi",
                            "/openapi/*",
                            "/readyz",
                            "/version",
                            "/version/",
                        ],
                        "get"
                    ),
                ]
            ),
            Own(
                "system:public-info-viewer",
                [Paths(["/healthz", "/livez", "/readyz", "/version", "/version/"], "get")]
            ),
            Own(
                "system:service-account-issuer-discovery",
                [Paths(["/.well-known/openid-configuration", "/openid/v1/jwks"], "get")]
            ),
            Own(
                "system:auth-delegator",
                [
                    Rule("authentication.k8s.io", ["tokenreviews"], "create"),
                    Rule("authorization.k8s.io", ["subjectaccessreviews"], "create"),
                ]
            ),
            Own(
                "system:monitoring",
                [Paths(["/healthz", "/healthz/*", "/livez", "/livez/*", "/metrics", "/readyz", "/readyz/*"], "get")]
            ),
            Own("system:node", [.. OfAgents()]),
            Own("system:vireo:controllers", [.. OfControllers()]),
            .. OfNamespaces(),
        ];

    private static IEnumerable<ClusterRole> OfNamespaces() =>
        [
            Made("admin"),
            Made("edit", "admin"),
            Made("view", "edit"),
            Part(
                "admin",
                Rule("rbac.authorization.k8s.io", ["roles", "rolebindings"], [.. Read, .. Write]),
                Rule("authorization.k8s.io", ["localsubjectaccessreviews"], "create")
            ),
            Part(
                "edit",
                Rule("", ["secrets"], Read),
                Rule("", ["configmaps", "events", "secrets", "serviceaccounts"], Write),
                Rule("", ["serviceaccounts"], "impersonate"),
                Rule("", ["serviceaccounts/token"], "create"),
                Rule("coordination.k8s.io", ["leases"], [.. Read, .. Write])
            ),
            Part(
                "view",
                Rule("", ["configmaps", "events", "namespaces", "serviceaccounts"], Read),
                Rule("apps", ["controllerrevisions"], Read)
            ),
        ];

    /// <summary>The most that an agent may: what is its own host's is not for a role to say.</summary>
    private static IEnumerable<PolicyRule> OfAgents() =>
        from kind in ResourceKinds.All
        from sub in (string?[])[null, "status"]
        let path = new ResourcePath(kind, kind.IsNamespaced ? "kube-node-lease" : null, "host", sub)
        let verbs = (string[])[.. Read.Concat(Write).Where(verb => AgentLimits.Refuse("host", verb, path) is null)]
        where verbs.Length > 0
        select Rule(kind.Group, [sub is null ? kind.Plural : $"{kind.Plural}/{sub}"], verbs);

    private static IEnumerable<PolicyRule> OfControllers() =>
        ResourceKinds
            .All.GroupBy(kind => kind.Group)
            .Select(group =>
                Rule(
                    group.Key,
                    group.SelectMany(kind =>
                        Verbs.Subresources(kind).Select(sub => $"{kind.Plural}/{sub.Name}").Prepend(kind.Plural)
                    ),
                    "*"
                )
            );

    private static ClusterRole Own(string name, PolicyRule[] rules) => Role(name, Labels(), rules);

    private static ClusterRole Part(string of, params PolicyRule[] rules) =>
        Role($"system:aggregate-to-{of}", Labels(PartOf(of)), rules);

    private static ClusterRole Made(string name, string? partOf = null) =>
        Role(name, partOf is null ? Labels() : Labels(PartOf(partOf))) with
        {
            AggregationRule = new()
            {
                ClusterRoleSelectors = [new() { MatchLabels = new Dictionary<string, string>([PartOf(name)]) }],
            },
        };

    private static Dictionary<string, string> Labels(params KeyValuePair<string, string>[] more) =>
        new([new(Bootstrapping, "rbac-defaults"), .. more]);

    private static PolicyRule Paths(IReadOnlyList<string> paths, string verb) =>
        new() { NonResourceUrls = paths, Verbs = [verb] };

    private static ClusterRole[] Complete(ClusterRole[] roles) =>
        [.. roles.Select(role => role with { Rules = RoleAggregation.RulesOf(role, roles) })];
}
