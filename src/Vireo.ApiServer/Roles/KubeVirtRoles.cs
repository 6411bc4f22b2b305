using Vireo.Api;
using static Vireo.ApiServer.Roles.BootstrapRoles;

namespace Vireo.ApiServer.Roles;

/// <summary>KubeVirt's default cluster roles, from the tables of kinds and of subresources.</summary>
internal static class KubeVirtRoles
{
    private const string Group = "kubevirt.io";
    private const string Instancetypes = "instancetype.kubevirt.io";
    private const string Migrate = "migrate";
    private const string Screenshot = "vnc/screenshot";
    private const string ExpandSpec = "expand-vm-spec";

    /// <summary>Who watches a machine may not touch it: these show no screen and open no port.</summary>
    private static readonly string[] Told = ["expand-spec", "guestosinfo", "filesystemlist", "userlist", "machinetype"];

    public static IEnumerable<ClusterRole> All() =>
        [
            Named(
                "kubevirt.io:default",
                [],
                Rule(Group, ["kubevirts"], "get", "list"),
                Guests(["version", "guestfs"], "get", "list")
            ),
            Named(
                "kubevirt.io:admin",
                ["admin"],
                [
                    .. Actions(_ => true),
                    Rule(Group, Machines(), [.. Read, .. Write]),
                    Rule(Instancetypes, Sizes(), [.. Read, .. Write]),
                    Rule(Group, [ResourceKinds.VirtualMachineInstanceMigrations.Plural], Read),
                ]
            ),
            Named(
                "kubevirt.io:edit",
                ["edit"],
                [
                    .. Actions(action => action.Name != Screenshot),
                    Rule(Group, Machines(), [.. Read, .. Write.Where(verb => verb != "deletecollection")]),
                    Rule(Instancetypes, Sizes(), [.. Read, .. Write.Where(verb => verb != "deletecollection")]),
                    Rule(Group, [ResourceKinds.VirtualMachineInstanceMigrations.Plural], Read),
                    Rule(Group, ["kubevirts"], "get", "list"),
                ]
            ),
            Named(
                "kubevirt.io:view",
                ["view"],
                Guests(Subresources.All.Where(action => Told.Contains(action.Name)).Select(Path), "get"),
                Guests([ExpandSpec], "update"),
                Rule(Group, [.. Machines(), ResourceKinds.VirtualMachineInstanceMigrations.Plural], Read),
                Rule(Instancetypes, Sizes(), Read),
                Rule(Group, ["kubevirts"], "get", "list")
            ),
            // Part of nothing: who has a namespace may not move machines between hosts unless they are let.
            Named(
                "kubevirt.io:migrate",
                [],
                Guests([$"{ResourceKinds.VirtualMachines.Plural}/{Migrate}"], "update"),
                Rule(Group, [ResourceKinds.VirtualMachineInstanceMigrations.Plural], [.. Read, .. Write])
            ),
            Named(
                "instancetype.kubevirt.io:view",
                [],
                Rule(
                    Instancetypes,
                    [
                        ResourceKinds.VirtualMachineClusterInstancetypes.Plural,
                        ResourceKinds.VirtualMachineClusterPreferences.Plural,
                    ],
                    Read
                )
            ),
        ];

    /// <summary>The actions that a role may, by their verbs; moving to another host is none of them.</summary>
    private static IEnumerable<PolicyRule> Actions(Func<Subresource, bool> isAllowed) =>
        from @group in Subresources
            .All.Where(action => action.Name != Migrate && isAllowed(action))
            .SelectMany(action => Discovery.Verbs.Of(action).Select(verb => (verb, Path(action))))
            .Append(("update", ExpandSpec))
            .GroupBy(pair => pair.Item1, pair => pair.Item2)
        select Guests(@group, @group.Key);

    private static string Path(Subresource action) => $"{action.Resource}/{action.Name}";

    private static IEnumerable<string> Machines() =>
        ResourceKinds
            .All.Where(kind =>
                kind is { Group: Group, IsNamespaced: true }
                && !ReferenceEquals(kind, ResourceKinds.VirtualMachineInstanceMigrations)
                && !ReferenceEquals(kind, ResourceKinds.KubeVirts)
            )
            .Select(kind => kind.Plural);

    private static IEnumerable<string> Sizes() =>
        ResourceKinds
            .All.Where(kind => kind is { Group: Instancetypes, IsNamespaced: true })
            .Select(kind => kind.Plural);

    private static PolicyRule Guests(IEnumerable<string> resources, params IReadOnlyList<string> verbs) =>
        Rule(Subresources.Group, resources, verbs);

    private static ClusterRole Named(string name, string[] partOf, params PolicyRule[] rules) =>
        Role(name, new Dictionary<string, string>([new("kubevirt.io", ""), .. partOf.Select(PartOf)]), rules);
}
