using System.Buffers.Binary;
using System.Numerics;

namespace Vireo.ApiServer.Storage;

/// <summary>
/// CRC-32C of a row's JSON, begun with its revision: tells a bit that fell over, which SQLite does not.
/// </summary>
internal static class Checksum
{
    public static uint Of(long revision, ReadOnlySpan<byte> json)
    {
        var sum = BitOperations.Crc32C(uint.MaxValue, (ulong)revision);

        for (; json.Length >= sizeof(ulong); json = json[sizeof(ulong)..])
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(json));
        }

        foreach (var rest in json)
        {
            sum = BitOperations.Crc32C(sum, rest);
        }

        return ~sum;
    }
}
