using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Vireo.Runtime;

namespace Vireo.Bench;

/// <summary>What the objects of a program take, garbage left out.</summary>
/// <remarks>
/// The runtime collects garbage when a trace of its collections is begun over its diagnostics socket, as dotnet-gcdump
/// does it; what is left the program tells under /metrics.
/// </remarks>
internal static class Heap
{
    private const byte EventPipe = 2;
    private const byte StopTracing = 1;
    private const byte CollectTracing = 3;
    private const int HeaderBytes = 20;
    private const ulong CollectKeyword = 0x80_0000;
    private const uint Informational = 4;
    private const string Metric = "vireo_heap_bytes ";

    /// <summary>Collects the garbage of a program, and tells what is left, in bytes.</summary>
    public static async Task<double> CollectAsync(RunningVireo vireo, KubernetesClient client, CancellationToken ct)
    {
        // What the first leaves to be finalized goes with the second.
        await CollectAsync(vireo.ProcessId, ct);
        await CollectAsync(vireo.ProcessId, ct);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        using var answer = await client.SendAsync(request, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        return double.Parse(
            text.Split('\n').Single(line => line.StartsWith(Metric, StringComparison.Ordinal))[Metric.Length..],
            CultureInfo.InvariantCulture
        );
    }

    private static async Task CollectAsync(int process, CancellationToken ct)
    {
        await using var trace = await ConnectAsync(process, ct);
        await SendAsync(trace, CollectTracing, Session(), ct);
        var id = await ReadAsync(trace, ct);
        await using var stop = await ConnectAsync(process, ct);
        await SendAsync(stop, StopTracing, BitConverter.GetBytes(id), ct);
        await trace.CopyToAsync(Stream.Null, ct);
        await ReadAsync(stop, ct);
    }

    private static async Task<NetworkStream> ConnectAsync(int process, CancellationToken ct)
    {
        var path = Directory
            .EnumerateFiles(Path.GetTempPath(), $"dotnet-diagnostic-{process}-*-socket")
            .Order(StringComparer.Ordinal)
            .Last();
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>A trace of nothing but the collection that its begin causes, without a rundown at its end.</summary>
    private static byte[] Session()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        const uint megabytes = 1;
        const uint format = 1;
        const string provider = "Microsoft-Windows-DotNETRuntime\0";
        writer.Write(megabytes);
        writer.Write(format);
        writer.Write(false);
        writer.Write(1u);
        writer.Write(CollectKeyword);
        writer.Write(Informational);
        writer.Write((uint)provider.Length);
        writer.Write(Encoding.Unicode.GetBytes(provider));
        writer.Write(0u);
        return bytes.ToArray();
    }

    private static async Task SendAsync(NetworkStream stream, byte command, byte[] payload, CancellationToken ct)
    {
        byte[] header =
        [
            .. "DOTNET_IPC_V1\0"u8,
            .. BitConverter.GetBytes((ushort)(HeaderBytes + payload.Length)),
            EventPipe,
            command,
            0,
            0,
        ];
        await stream.WriteAsync((byte[])[.. header, .. payload], ct);
    }

    /// <summary>The session's id, which is what both commands are answered with.</summary>
    private static async Task<ulong> ReadAsync(NetworkStream stream, CancellationToken ct)
    {
        var answer = new byte[HeaderBytes + sizeof(ulong)];
        await stream.ReadExactlyAsync(answer, ct);
        return answer[17] == 0
            ? BitConverter.ToUInt64(answer, HeaderBytes)
            : throw new InvalidOperationException("The runtime of the program takes no trace.");
    }
}
