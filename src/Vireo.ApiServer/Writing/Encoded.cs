using System.Text;

namespace Vireo.ApiServer.Writing;

/// <summary>An object as bytes.</summary>
/// <param name="Json">The object without its resourceVersion.</param>
/// <param name="VersionOffset">Where its resourceVersion goes.</param>
/// <param name="MetadataEnd">Where its metadata end.</param>
internal readonly record struct Encoded(ReadOnlyMemory<byte> Json, int VersionOffset, int MetadataEnd)
{
    /// <summary>The object with a resourceVersion put in.</summary>
    public byte[] WithRevision(long revision) =>
        [
            .. Json.Span[..VersionOffset],
            .. Encoding.ASCII.GetBytes($"\"resourceVersion\":\"{revision}\","),
            .. Json.Span[VersionOffset..],
        ];

    /// <summary>The object with what is known of the managers of its fields put in.</summary>
    /// <param name="managed">The list in JSON; empty when there is none.</param>
    public Encoded With(ReadOnlyMemory<byte> managed) =>
        managed.IsEmpty
            ? this
            : this with
            {
                Json = (byte[])
                    [
                        .. Json.Span[..MetadataEnd],
                        .. ",\"managedFields\":"u8,
                        .. managed.Span,
                        .. Json.Span[MetadataEnd..],
                    ],
            };
}
