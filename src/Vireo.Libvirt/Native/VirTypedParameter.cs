using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vireo.Libvirt.Native;

/// <summary>C's <c>struct _virTypedParameter</c>: a name, the kind of value, and a union of eight bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 96)]
internal struct VirTypedParameter
{
    [FieldOffset(0)]
    public FieldName Field;

    [FieldOffset(80)]
    public int Type;

    [FieldOffset(88)]
    public int Int;

    [FieldOffset(88)]
    public uint UInt;

    [FieldOffset(88)]
    public long Long;

    [FieldOffset(88)]
    public ulong ULong;

    [FieldOffset(88)]
    public double Double;

    [FieldOffset(88)]
    public sbyte Boolean;

    [FieldOffset(88)]
    public nint Text;

    /// <summary>The value in the C# type nearest to the C one; null for a kind made after this was written.</summary>
    public readonly object? Value =>
        Type switch
        {
            1 => (long)Int,
            2 => (long)UInt,
            3 => Long,
            4 => ULong,
            5 => Double,
            6 => Boolean != 0,
            7 => Marshal.PtrToStringUTF8(Text),
            _ => null,
        };

    /// <summary>Zero-terminated text.</summary>
    [InlineArray(80)]
    public struct FieldName
    {
        private byte _first;
    }
}
