using System.Buffers;
using System.Text;

namespace Vireo.ApiServer.OpenApi;

/// <summary>Writes a protobuf message, as far as the OpenAPI document needs it.</summary>
/// <remarks>Values that protobuf takes for granted (empty, false, zero) are left out, as its own writers do.</remarks>
internal sealed class ProtobufWriter
{
    private const int VarintWire = 0;
    private const int DoubleWire = 1;
    private const int BytesWire = 2;

    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public void Text(int field, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            Bytes(field, Encoding.UTF8.GetBytes(text));
        }
    }

    public void Flag(int field, bool value)
    {
        if (value)
        {
            Tag(field, VarintWire);
            Varint(1);
        }
    }

    public void Integer(int field, long value)
    {
        if (value != 0)
        {
            Tag(field, VarintWire);
            Varint((ulong)value);
        }
    }

    public void Double(int field, double value)
    {
        if (value != 0)
        {
            Tag(field, DoubleWire);
            BitConverter.TryWriteBytes(_buffer.GetSpan(sizeof(double)), value);
            _buffer.Advance(sizeof(double));
        }
    }

    /// <summary>Writes a message inside this one; an empty one is written too.</summary>
    public void Message(int field, Action<ProtobufWriter> write)
    {
        var inner = new ProtobufWriter();
        write(inner);
        Bytes(field, inner.Written);
    }

    private void Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        Tag(field, BytesWire);
        Varint((ulong)bytes.Length);
        _buffer.Write(bytes);
    }

    private void Tag(int field, int wire) => Varint((ulong)((field << 3) | wire));

    private void Varint(ulong value)
    {
        var span = _buffer.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[length++] = (byte)(value | 0x80);
        }

        span[length++] = (byte)value;
        _buffer.Advance(length);
    }
}
