using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Vireo.Agent;

/// <summary>
/// Lets the door read in large pieces: the memory of guests that move comes through it, and in pieces of 4 KiB, as
/// Kestrel reads otherwise, each costs more than what it carries.
/// </summary>
internal sealed class LargeBlocks : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private const int BlockBytes = 64 * 1024;

    public override int MaxBufferSize => Shared.MaxBufferSize;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => Shared.Rent(Math.Max(minBufferSize, BlockBytes));

    protected override void Dispose(bool disposing)
    {
        // What it gives is everybody's, and goes back by itself.
    }
}
