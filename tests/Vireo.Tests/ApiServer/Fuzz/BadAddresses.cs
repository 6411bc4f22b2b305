using System.Text;
using Vireo.Api;

namespace Vireo.Tests.ApiServer.Fuzz;

/// <summary>Paths, queries and headers that no well-meaning client sends.</summary>
internal static class BadAddresses
{
    public static IReadOnlyList<string> Queries { get; } =
    [
        .. Selectors("labelSelector"),
        .. Selectors("fieldSelector"),
        "fieldSelector=metadata.name%3D%3D%3D",
        "fieldSelector=metadata.name%3D\\",
        "fieldSelector=spec.a.b.c%3D1",
        "limit=-1",
        "limit=1.5",
        "limit=99999999999999999999",
        "limit=2147483647",
        "limit=1&continue=x",
        "continue=%00",
        "continue=" + Token("v1:-1:-1"),
        "continue=" + Token("v1:999999999999999999999:0"),
        "continue=" + Token("v1:1:2147483647"),
        "continue=" + Token("v1:1:2147483648"),
        "continue=" + Token("v2:{\"rv\":1}"),
        "continue=" + Token("::::"),
        "continue=" + Token("v1:\u0661:\u0662"),
        "continue=" + new string('A', 20_000),
        "continue=" + Uri.EscapeDataString("eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhXHUwMDAwIn0="),
        "resourceVersion=-1",
        "resourceVersion=x",
        "resourceVersion=%20",
        "resourceVersion=99999999999999999999999",
        "resourceVersion=9223372036854775807",
        "resourceVersion=1&resourceVersionMatch=Exact",
        "resourceVersion=0&resourceVersionMatch=Exact",
        "resourceVersionMatch=Exact",
        "resourceVersionMatch=Nonsense",
        "watch=true&resourceVersion=-1",
        "watch=true&resourceVersion=9223372036854775807",
        "watch=true&resourceVersion=1",
        "watch=true&sendInitialEvents=perhaps",
        "watch=true&sendInitialEvents=true",
        "watch=true&sendInitialEvents=true&resourceVersionMatch=Exact",
        "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=x&timeoutSeconds=1",
        "watch=true&timeoutSeconds=-1",
        "watch=true&timeoutSeconds=99999999999",
        "watch=1&watch=0&timeoutSeconds=0",
        "watch=nonsense",
        "watch=true&labelSelector=((",
        "fieldValidation=Nonsense",
        "dryRun=Some",
        "dryRun=All&dryRun=All&dryRun=x",
        "dryRun=",
        "fieldManager=" + new string('m', 10_000),
        "fieldManager=%00%01",
        "force=perhaps",
        "propagationPolicy=Sideways",
        "gracePeriodSeconds=-1",
        "gracePeriodSeconds=1e9",
        "orphanDependents=x",
        "pretty=true&pretty=nonsense",
        "timeout=forever",
        "timeout=-1s",
        "timeout=99999999999999h",
        "includeObject=Everything",
        "=&==&&&%=%zz",
        string.Join('&', Enumerable.Range(0, 2000).Select(i => $"q{i}={i}")),
    ];

    public static IReadOnlyList<string> Paths { get; } =
    [
        "/",
        "//",
        "/api",
        "/api/",
        "/api//",
        "/api/v2",
        "/api/v1/",
        "/api/v1//configmaps",
        "/api/v1/namespaces//configmaps",
        "/api/v1/namespaces/default/configmaps/",
        "/api/v1/namespaces/default/configmaps//",
        "/api/v1/namespaces/default/configmaps/%2e%2e",
        "/api/v1/namespaces/default/configmaps/%2F",
        "/api/v1/namespaces/default/configmaps/a%00b",
        "/api/v1/namespaces/default/configmaps/%ff%fe",
        "/api/v1/namespaces/default/configmaps/%ED%A0%80",
        "/api/v1/namespaces/default/configmaps/there/status/status",
        "/api/v1/namespaces/default/configmaps/" + new string('n', 6000),
        "/api/v1/namespaces/" + new string('n', 6000) + "/configmaps",
        "/api/v1/namespaces/default/finalize",
        "/api/v1/namespaces/default/status",
        "/api/v1/watch/configmaps",
        "/apis",
        "/apis/",
        "/apis//",
        "/apis/nobody",
        "/apis/nobody/v1/things",
        "/apis/kubevirt.io",
        "/apis/kubevirt.io/v9",
        "/apis/kubevirt.io/v1/namespaces/default/virtualmachines/there/scale",
        "/apis/kubevirt.io/v1/namespaces/default/virtualmachines/there/status",
        "/apis/subresources.kubevirt.io",
        "/apis/subresources.kubevirt.io/v1",
        "/apis/subresources.kubevirt.io/v1/",
        "/apis/subresources.kubevirt.io/v1/x",
        "/apis/subresources.kubevirt.io/v1/version",
        "/apis/subresources.kubevirt.io/v1/guestfs",
        "/apis/subresources.kubevirt.io/v1/expand-vm-spec",
        "/apis/subresources.kubevirt.io/v1/namespaces/default/expand-vm-spec",
        "/apis/subresources.kubevirt.io/v1/namespaces/default/virtualmachines/there/nonsense",
        "/apis/subresources.kubevirt.io/v1/namespaces/default/virtualmachines/there/portforward/x/y/z",
        "/apis/subresources.kubevirt.io/v1/namespaces/default/virtualmachineinstances/none/vnc/screenshot",
        "/openapi",
        "/openapi/v2",
        "/openapi/v3",
        "/openapi/v3/apis/nobody",
        "/openapi/v3/api/v1?hash=nonsense",
        "/version",
        "/metrics",
        "/readyz/x",
        "/livez?verbose&exclude=x",
        "/healthz/%00",
        "/.well-known/openid-configuration",
        "/openid/v1/jwks",
        "/" + string.Join('/', Enumerable.Repeat("a", 2000)),
        "/api/v1/namespaces/default/configmaps/\u00fc\u4e2d\ud83d\ude00",
    ];

    public static IReadOnlyList<string> Accepts { get; } =
    [
        "nonsense",
        ";;;,,,;q=",
        "application/json;as=Table",
        "application/json;as=Table;v=v9;g=nobody",
        "application/json;as=;v=;g=",
        "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
        "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
        "application/vnd.kubernetes.protobuf",
        "application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io",
        "application/yaml",
        "text/html",
        "*/*;q=nonsense",
        "application/json;" + new string('x', 5000),
        string.Join(',', Enumerable.Repeat("application/nonsense", 500)) + ",application/json",
    ];

    /// <summary>Paths to the objects that are there, one not there, and their parts.</summary>
    public static IReadOnlyList<string> Objects { get; } =
    [
        RunningServer.ConfigMaps,
        RunningServer.ConfigMaps + "/there",
        RunningServer.ConfigMaps + "/none",
        RunningServer.Vms,
        RunningServer.Vms + "/there",
        RunningServer.Vms + "/there/status",
        "/api/v1/namespaces",
        "/api/v1/namespaces/default",
        "/api/v1/namespaces/default/finalize",
    ];

    /// <summary>Every collection, every kind's object, every action.</summary>
    public static IReadOnlyList<string> Everything { get; } =
    [
        .. ResourceKinds.All.Select(Collection),
        .. ResourceKinds.All.Select(kind => Collection(kind) + "/fuzz"),
        .. ResourceKinds.All.Where(kind => kind.HasStatusSubresource).Select(kind => Collection(kind) + "/fuzz/status"),
        .. Subresources.All.SelectMany(action =>
            ((string[])["there", "none"]).Select(name =>
                $"/apis/{Subresources.Group}/v1/namespaces/default/{action.Resource}/{name}/{action.Name}"
            )
        ),
    ];

    public static string Collection(ResourceKind kind) =>
        kind.GroupPath + (kind.IsNamespaced ? "/namespaces/default/" : "/") + kind.Plural;

    private static IEnumerable<string> Selectors(string name) =>
        (
            (string[])
                [
                    "(",
                    ")))",
                    "a in",
                    "a in (",
                    "a in ()",
                    "a in (b",
                    "a in (b,,c)",
                    "a notin b",
                    "!",
                    "!!a",
                    "a,,b",
                    ",",
                    "a=",
                    "=b",
                    "a=b=c",
                    "a>x",
                    "a>99999999999999999999999",
                    "a<-1",
                    "-a=b",
                    "a/b/c=d",
                    "a=" + new string('v', 64),
                    "\u0000",
                    "\ud83d\ude00=\ud83d\ude00",
                    "a=\n",
                    new string('(', 15_000),
                    string.Join(',', Enumerable.Range(0, 1500).Select(i => $"k{i}!=v")),
                    string.Join(',', Enumerable.Repeat("a in (b,c,d)", 5000)),
                ]
        ).Select(text => $"{name}={Uri.EscapeDataString(text)}");

    private static string Token(string text) =>
        Uri.EscapeDataString(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));
}
