using System.IO.Compression;
using System.Text;

namespace Vireo.Tests.ApiServer.Fuzz;

/// <summary>Bodies that no well-meaning client sends.</summary>
internal static class BadBodies
{
    private const string Head = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"fuzz"},""";

    /// <summary>For any reader: broken, of the wrong shape, too deep, too long, badly encoded.</summary>
    public static IReadOnlyList<byte[]> Json { get; } =
    [
        .. Texts().Select(Encoding.UTF8.GetBytes),
        [0xFF, 0xFE, (byte)'{', 0, (byte)'}', 0],
        [0xEF, 0xBB, 0xBF, (byte)'{', (byte)'}'],
        [0],
        .. Encodings(),
        Compressed("{\"metadata\":{\"name\":\"zip\"}}"),
    ];

    /// <summary>For the reader of YAML.</summary>
    public static IReadOnlyList<byte[]> Yaml { get; } =
    [
        .. (
            (string[])
                [
                    "a: &a [x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
                        + "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
                        + "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e]",
                    "a: &a [*a]",
                    "a: *nobody",
                    "metadata: &m {name: fuzz, labels: *m}",
                    "<<: {metadata: {name: fuzz}}",
                    "metadata: {name: !!binary aGk=}",
                    "metadata: {name: !!python/object/apply:os.system [id]}",
                    "metadata: !!set {name}",
                    "metadata:\n\tname: fuzz",
                    "metadata: {name: fuzz}\n---\nmetadata: {name: two}",
                    "---\n---\n",
                    "...",
                    "%YAML 9.9\n---\na: b",
                    "? {a: b}\n: c",
                    "? [a]\n: c",
                    "1: 2\n1.0: 3\nnull: 4\ntrue: 5",
                    "metadata: {name: fuzz, name: again}",
                    "metadata: {name: .nan, x: .inf, y: 0x1F, z: 0o17, q: 1_000, w: 12:30:45}",
                    "metadata: {name: 2026-01-01}",
                    "metadata:\n  name: |\n    many\n    lines",
                    "\"\\x00\\uD800\"",
                    new string('[', 5000),
                    new string('{', 5000),
                    new string('-', 5000),
                    string.Concat(Enumerable.Repeat("- ", 5000)),
                    string.Concat(Enumerable.Range(0, 400).Select(i => new string(' ', i) + "a:\n")),
                    "# " + new string('#', 100_000),
                    "a: '" + new string('\'', 10_001),
                    "'unfinished",
                    "\u0000",
                    "\uFEFFmetadata: {name: fuzz}",
                ]
        ).Select(Encoding.UTF8.GetBytes),
        [0xFF, 0xFE, 0x00, 0xD8],
    ];

    /// <summary>Kubernetes' protobuf, cut off or counting what is not there.</summary>
    public static IReadOnlyList<byte[]> Protobuf { get; } =
    [
        "k8s\0"u8.ToArray(),
        "k8s"u8.ToArray(),
        "\0s8k"u8.ToArray(),
        [.. "k8s\0"u8, 0x0A],
        [.. "k8s\0"u8, 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
        [.. "k8s\0"u8, 0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
        [.. "k8s\0"u8, 0x12, 0x02, 0x0A, 0x7F],
        [.. "k8s\0"u8, .. Enumerable.Repeat((byte)0xFF, 64)],
        [.. "k8s\0"u8, .. Enumerable.Repeat((byte)0x0A, 3000)],
        [.. "k8s\0"u8, 0x12, 0x80, 0x10, .. Nested(0x0A, 2048)],
        [.. "k8s\0"u8, 0x12, 0x04, 0x0A, 0x02, 0xC3, 0x28],
        [.. "k8s\0"u8, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F],
    ];

    private static IEnumerable<string> Texts() =>
        [
            "",
            " ",
            "{",
            "}",
            "[]",
            "null",
            "1",
            "\"x\"",
            "tru",
            "{}{}",
            "{\"a\":1,}",
            "{'a':1}",
            "{\"a\"}",
            "{/*c*/}",
            "{\"metadata\":null}",
            "{\"metadata\":[]}",
            "{\"metadata\":7}",
            "{\"metadata\":{\"name\":7}}",
            "{\"metadata\":{\"name\":{}}}",
            "{\"metadata\":{\"name\":\"\"}}",
            "{\"metadata\":{\"generateName\":\"\"}}",
            "{\"metadata\":{\"generateName\":\"\\u0000\"}}",
            "{\"metadata\":{\"generateName\":\"" + new string('g', 100_000) + "\"}}",
            "{\"metadata\":{\"name\":\"../../etc/passwd\"}}",
            "{\"metadata\":{\"name\":\"a\\u0000b\"}}",
            "{\"metadata\":{\"name\":\"\\ud800\"}}",
            "{\"metadata\":{\"name\":\"fuzz\",\"labels\":{\"\\udc00\":\"x\"}}}",
            "{\"metadata\":{\"name\":\"fuzz\",\"labels\":[1]}}",
            "{\"metadata\":{\"name\":\"fuzz\",\"labels\":{\"a\":null}}}",
            "{\"metadata\":{\"name\":\"fuzz\",\"labels\":{\"a/b/c\":\"x\",\"/\":\"y\",\"\":\"\"}}}",
            "{\"metadata\":{\"name\":\"fuzz\",\"annotations\":{\"a\":1}}}",
            "{\"metadata\":{\"name\":\"fuzz\",\"annotations\":{\"a\":\"" + new string('x', 300_000) + "\"}}}",
            "{\"metadata\":{\"name\":\"fuzz\",\"finalizers\":[null,1,\"\"]}}",
            "{\"metadata\":{\"name\":\"fuzz\",\"ownerReferences\":[null,{},{\"controller\":\"x\"}]}}",
            "{\"metadata\":{\"name\":\"fuzz\",\"creationTimestamp\":\"x\",\"generation\":1e400}}",
            "{\"metadata\":{\"name\":\"fuzz\",\"generation\":99999999999999999999999}}",
            "{\"metadata\":{\"name\":\"fuzz\",\"deletionGracePeriodSeconds\":-1}}",
            "{\"metadata\":{\"name\":\"fuzz\",\"managedFields\":[{\"fieldsV1\":{\"f:x\":null}}]}}",
            "{\"metadata\":{\"name\":\"fuzz\",\"name\":\"twice\"}}",
            "{\"apiVersion\":7,\"kind\":[]}",
            "{\"apiVersion\":\"v9\",\"kind\":\"Nobody\",\"metadata\":{\"name\":\"x\"}}",
            "{\"kind\":\"\\ud800\"}",
            Head + "\"data\":{\"a\":1e400}}",
            Head + "\"data\":{\"a\":\"\\ud83d\"}}",
            Head + "\"data\":{\"\\ud83d\":\"\"}}",
            Head + "\"\\ud83d\":1}",
            Head + "\"data\":[]}",
            Head + "\"binaryData\":{\"a\":\"no base64!\"}}",
            Head + "\"immutable\":\"yes\"}",
            Head + "\"data\":" + Deep("{\"a\":", "1", "}", 98) + "}",
            Head + "\"data\":" + Deep("{\"a\":", "1", "}", 200_000) + "}",
            new string('[', 500_000),
            Deep("[", "", "]", 101),
            "{\"spec\":[],\"metadata\":{\"name\":\"fuzz\"}}",
            "{\"spec\":{},\"status\":7,\"metadata\":{\"name\":\"fuzz\"}}",
            "{" + string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"f{i}\":{i}")) + "}",
            "{\"metadata\":{\"name\":\"fuzz\",\"labels\":{"
                + string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"l{i}\":\"v\""))
                + "}}}",
            "{\"" + new string('k', 1_000_000) + "\":1}",
            new string('9', 1_000_000),
            "{\"a\":\"" + new string('x', 3 * 1024 * 1024) + "\"}",
            // Options of deletions and actions.
            "{\"preconditions\":[]}",
            "{\"preconditions\":{\"uid\":1}}",
            "{\"gracePeriodSeconds\":1e30}",
            "{\"gracePeriodSeconds\":\"x\"}",
            "{\"dryRun\":\"All\"}",
            "{\"dryRun\":[null]}",
            "{\"dryRun\":[\"Some\"]}",
            "{\"propagationPolicy\":7}",
            "{\"machineType\":\"pc-q35-999999999999999999999.9\",\"force\":\"x\"}",
            "{\"startStrategy\":\"Nonsense\",\"paused\":7}",
        ];

    private static IEnumerable<byte[]> Encodings()
    {
        byte[][] bad =
        [
            [0xFF],
            [0xC0, 0x80],
            [0xED, 0xA0, 0x80],
            [0xF5, 0x80, 0x80, 0x80],
            [0xE2, 0x82],
            [0x80],
        ];
        foreach (var bytes in bad)
        {
            yield return [.. "{\"metadata\":{\"name\":\""u8, .. bytes, .. "\"}}"u8];
            yield return [.. "{\"metadata\":{\"name\":\"fuzz\"},\"data\":{\"a\":\""u8, .. bytes, .. "\"}}"u8];
            yield return [.. "{\"metadata\":{\"name\":\"fuzz\"},\"data\":{\""u8, .. bytes, .. "\":\"a\"}}"u8];
            yield return [.. "{\"metadata\":{\"name\":\"fuzz\",\"labels\":{\"a\":\""u8, .. bytes, .. "\"}}}"u8];
            yield return [.. "{\""u8, .. bytes, .. "\":1}"u8];
            yield return [.. "[{\"op\":\"add\",\"path\":\"/data/"u8, .. bytes, .. "\",\"value\":\"x\"}]"u8];
        }
    }

    public static string Deep(string open, string inner, string close, int levels) =>
        string.Concat(Enumerable.Repeat(open, levels)) + inner + string.Concat(Enumerable.Repeat(close, levels));

    private static byte[] Nested(byte tag, int length)
    {
        var bytes = new List<byte>();
        while (bytes.Count + 4 < length)
        {
            var left = length - bytes.Count - 3;
            bytes.AddRange([tag, (byte)(0x80 | (left & 0x7F)), (byte)(left >> 7)]);
        }

        return [.. bytes, .. new byte[length - bytes.Count]];
    }

    private static byte[] Compressed(string text)
    {
        using var buffer = new MemoryStream();
        using (var zip = new GZipStream(buffer, CompressionLevel.Fastest))
        {
            zip.Write(Encoding.UTF8.GetBytes(text));
        }

        return buffer.ToArray();
    }
}
