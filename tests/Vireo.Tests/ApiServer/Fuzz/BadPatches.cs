using System.Text;

namespace Vireo.Tests.ApiServer.Fuzz;

/// <summary>Patches that no well-meaning client sends.</summary>
internal static class BadPatches
{
    /// <summary>Lists of operations that are none, lead nowhere, or grow without end.</summary>
    public static IReadOnlyList<byte[]> Json { get; } =
    [
        .. (
            (string[])
                [
                    "[null]",
                    "[[]]",
                    "[1]",
                    "[{}]",
                    """[{"op":"add"}]""",
                    """[{"op":null,"path":"/data"}]""",
                    """[{"op":"frobnicate","path":"/data"}]""",
                    """[{"op":"add","path":1,"value":2}]""",
                    """[{"op":"add","path":"data","value":{}}]""",
                    """[{"op":"add","path":"","value":null}]""",
                    """[{"op":"add","path":"","value":[]}]""",
                    """[{"op":"replace","path":"","value":"x"}]""",
                    """[{"op":"replace","path":"","value":{}}]""",
                    """[{"op":"remove","path":""}]""",
                    """[{"op":"remove","path":"/metadata"}]""",
                    """[{"op":"remove","path":"/kind"}]""",
                    """[{"op":"replace","path":"/metadata","value":[]}]""",
                    """[{"op":"replace","path":"/metadata/name","value":"other"}]""",
                    """[{"op":"replace","path":"/metadata/uid","value":7}]""",
                    """[{"op":"add","path":"/metadata/finalizers/-","value":"x"}]""",
                    "[" + Add("", "[]") + "," + Add("/99999999999999999999", "\"x\"") + "]",
                    "[" + Add("", "[]") + "," + Add("/-1", "\"x\"") + "]",
                    """[{"op":"move","from":"/metadata","path":"/metadata/labels"}]""",
                    """[{"op":"move","from":"","path":"/data"}]""",
                    """[{"op":"copy","from":"","path":"/data/x"}]""",
                    """[{"op":"move","path":"/data"}]""",
                    """[{"op":"copy","from":"/nowhere","path":"/data"}]""",
                    """[{"op":"test","path":"/data"}]""",
                    """[{"op":"test","path":"","value":1e400}]""",
                    """[{"op":"test","path":"/~2~~1","value":1}]""",
                    """[{"op":"add","path":"/data/~","value":1}]""",
                    """[{"op":"add","path":"/data/x","value":"\ud800"}]""",
                    "["
                        + string.Join(',', Enumerable.Repeat("""{"op":"test","path":"/kind","value":"x"}""", 20_000))
                        + "]",
                    "[" + string.Join(',', Doubling(40)) + "]",
                    "[" + string.Join(',', Deepening(300)) + "]",
                    $$"""[{"op":"add","path":"/{{string.Join('/', Enumerable.Repeat("a", 50_000))}}","value":1}]""",
                ]
        ).Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>Merge patches, strategic ones too, that take away or turn what an object cannot be without.</summary>
    public static IReadOnlyList<byte[]> Merge { get; } =
    [
        .. (
            (string[])
                [
                    """{"metadata":null}""",
                    """{"metadata":[]}""",
                    """{"metadata":"x"}""",
                    """{"metadata":{"name":null}}""",
                    """{"metadata":{"namespace":"other"}}""",
                    """{"metadata":{"uid":null,"creationTimestamp":null,"resourceVersion":null}}""",
                    """{"metadata":{"resourceVersion":"x"}}""",
                    """{"metadata":{"resourceVersion":1}}""",
                    """{"metadata":{"creationTimestamp":"yesterday"}}""",
                    """{"metadata":{"generation":"x"}}""",
                    """{"metadata":{"generation":9223372036854775807}}""",
                    """{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"}}""",
                    """{"metadata":{"finalizers":[null]}}""",
                    """{"metadata":{"finalizers":{"a":1}}}""",
                    """{"metadata":{"ownerReferences":[null]}}""",
                    """{"metadata":{"ownerReferences":[{"uid":null}]}}""",
                    """{"metadata":{"labels":[]}}""",
                    """{"metadata":{"labels":{"":""}}}""",
                    """{"metadata":{"labels":{"a":1}}}""",
                    """{"metadata":{"managedFields":[null]}}""",
                    """{"metadata":{"managedFields":"x"}}""",
                    """{"apiVersion":null}""",
                    """{"kind":null}""",
                    """{"kind":{}}""",
                    """{"spec":null}""",
                    """{"spec":[]}""",
                    """{"spec":{"template":null}}""",
                    """{"status":[]}""",
                    """{"status":null}""",
                    """{"data":null}""",
                    """{"data":[1,2]}""",
                    """{"data":{"a":null,"b":1}}""",
                    """{"$patch":"delete"}""",
                    """{"$patch":"replace"}""",
                    """{"$patch":[]}""",
                    """{"$patch":"nonsense"}""",
                    """{"metadata":{"$patch":"replace"}}""",
                    """{"metadata":{"$patch":"delete"}}""",
                    """{"metadata":{"$deleteFromPrimitiveList/finalizers":{}}}""",
                    """{"metadata":{"$deleteFromPrimitiveList/":["a"]}}""",
                    """{"metadata":{"$setElementOrder/ownerReferences":1}}""",
                    """{"metadata":{"$retainKeys":["x"]}}""",
                    """{"metadata":{"finalizers":[{"$patch":"delete"}]}}""",
                    """{"metadata":{"ownerReferences":[{"$patch":"replace"},{"$patch":"delete","uid":"x"},[],1]}}""",
                    "{\"data\":" + BadBodies.Deep("{\"a\":", "1", "}", 90) + "}",
                ]
        ).Select(Encoding.UTF8.GetBytes),
    ];

    private static IEnumerable<string> Doubling(int times) =>
        ((string[])["""{"op":"add","path":"/data","value":{"a":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}}"""]).Concat(
            Enumerable.Range(0, times).Select(i => $$"""{"op":"copy","from":"/data","path":"/data/b{{i}}"}""")
        );

    private static IEnumerable<string> Deepening(int times) =>
        ((string[])["""{"op":"add","path":"/spec","value":{"a":{}}}"""]).Concat(
            Enumerable.Repeat("""{"op":"copy","from":"/spec","path":"/spec/a"}""", times)
        );

    private static string Add(string end, string value) =>
        "{\"op\":\"add\",\"path\":\"/metadata/finalizers" + end + "\",\"value\":" + value + "}";
}
