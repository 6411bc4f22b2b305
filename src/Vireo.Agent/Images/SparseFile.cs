namespace Vireo.Agent;

/// <summary>Writes files whose empty stretches take no room on disk.</summary>
internal static class SparseFile
{
    private const int BlockBytes = 64 << 10;

    /// <summary>Writes a stream to a new file.</summary>
    public static async Task WriteAsync(Stream source, string path, CancellationToken ct)
    {
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        var block = new byte[BlockBytes];
        long length = 0;
        int count;
        while ((count = await source.ReadAtLeastAsync(block, BlockBytes, throwOnEndOfStream: false, ct)) > 0)
        {
            if (block.AsSpan(0, count).ContainsAnyExcept((byte)0))
            {
                file.Position = length;
                await file.WriteAsync(block.AsMemory(0, count), ct);
            }

            length += count;
        }

        file.SetLength(length);
    }
}
