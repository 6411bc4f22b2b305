using System.Buffers.Binary;
using System.Numerics;

namespace Vireo.ApiServer.Storage;

/// <summary>CRC-32C of a whole row of the log: tells a bit that fell over, which SQLite does not.</summary>
internal static class Checksum
{
    /// <param name="key">Where the row stands, and of which object it is.</param>
    /// <param name="json">The object.</param>
    public static uint Of(in RowKey key, ReadOnlySpan<byte> json)
    {
        var sum = BitOperations.Crc32C(uint.MaxValue, (ulong)key.Revision);
        sum = Add(sum, key.Resource);
        sum = Add(sum, key.Namespace);
        sum = Add(sum, key.Name);
        sum = BitOperations.Crc32C(sum, key.IsDeleted ? (byte)1 : (byte)0);
        return Of(sum, json);
    }

    /// <summary>As rows of schema 1 have it: of the revision and the JSON alone.</summary>
    public static uint OfSchema1(long revision, ReadOnlySpan<byte> json) =>
        Of(BitOperations.Crc32C(uint.MaxValue, (ulong)revision), json);

    /// <summary>A character at a time, so that every machine reads it alike; null is not the empty text.</summary>
    private static uint Add(uint sum, string? text)
    {
        foreach (var c in text ?? "")
        {
            sum = BitOperations.Crc32C(sum, (ushort)c);
        }

        return BitOperations.Crc32C(sum, text is null ? ushort.MaxValue : (ushort)0);
    }

    private static uint Of(uint sum, ReadOnlySpan<byte> json)
    {
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

/// <summary>What a row of the log says beside its JSON.</summary>
/// <param name="Revision">Its revision.</param>
/// <param name="Resource">The kind, as the table of kinds names it.</param>
/// <param name="Namespace">The object's namespace; null for objects of the whole cluster.</param>
/// <param name="Name">The object's name.</param>
/// <param name="IsDeleted">Whether the row says that the object is gone.</param>
internal readonly record struct RowKey(long Revision, string Resource, string? Namespace, string Name, bool IsDeleted);
