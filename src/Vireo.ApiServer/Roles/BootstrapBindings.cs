using Vireo.Api;
using Vireo.ApiServer.Security;

namespace Vireo.ApiServer.Roles;

/// <summary>Who has which of the roles that are there from the start.</summary>
internal static class BootstrapBindings
{
    private const string Rbac = "rbac.authorization.k8s.io";
    private const string Everybody = "system:authenticated";
    private const string Nobody = "system:unauthenticated";

    public static IReadOnlyList<ClusterRoleBinding> All { get; } =
    [
        Of("cluster-admin", Caller.Masters),
        Of("system:basic-user", Everybody),
        Of("system:discovery", Everybody),
        Of("system:public-info-viewer", Everybody, Nobody),
        Of("system:service-account-issuer-discovery", "system:serviceaccounts"),
        Of("system:monitoring", "system:monitoring"),
        Of("system:vireo:controllers", Caller.Vireo),
        // Agents are held to what is their host's beside all roles; Kubernetes has this binding to nobody as well.
        Of("system:node"),
        Of("kubevirt.io:default", Everybody),
        Of("instancetype.kubevirt.io:view", Everybody),
    ];

    private static ClusterRoleBinding Of(string role, params string[] groups) =>
        new()
        {
            Metadata = new()
            {
                Name = role,
                Labels = new Dictionary<string, string> { ["kubernetes.io/bootstrapping"] = "rbac-defaults" },
                Annotations = new Dictionary<string, string> { [BootstrapRoles.AutoUpdate] = "true" },
            },
            RoleRef = new()
            {
                ApiGroup = Rbac,
                Kind = "ClusterRole",
                Name = role,
            },
            Subjects =
            [
                .. groups.Select(group => new Subject
                {
                    ApiGroup = Rbac,
                    Kind = "Group",
                    Name = group,
                }),
            ],
        };
}
