using System.Security.Cryptography;
using System.Text;

namespace Vireo.Rules;

/// <summary>Makes UUIDs from names (RFC 9562, version 5): the same name gives the same UUID.</summary>
internal static class NameUuids
{
    private const int UuidBytes = 16;

    /// <summary>The UUID of a name.</summary>
    /// <param name="space">What the name is unique in.</param>
    /// <param name="name">The name.</param>
    public static Guid Of(Guid space, string name)
    {
        // The algorithm is part of what version 5 is; nothing secret hangs on it.
#pragma warning disable CA5350
        var hash = SHA1.HashData([.. space.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(name)]);
#pragma warning restore CA5350
        var uuid = hash.AsSpan(0, UuidBytes);
        uuid[6] = (byte)(0x50 | (uuid[6] & 0x0F));
        uuid[8] = (byte)(0x80 | (uuid[8] & 0x3F));
        return new(uuid, bigEndian: true);
    }
}
