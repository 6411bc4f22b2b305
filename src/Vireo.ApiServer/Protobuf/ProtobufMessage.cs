namespace Vireo.ApiServer.Protobuf;

/// <summary>How a field is written on the wire, and what it becomes in JSON.</summary>
internal enum FieldForm
{
    Text,
    Bytes,
    Number,
    Flag,

    /// <summary>Seconds and nanoseconds; a text in JSON.</summary>
    Time,

    /// <summary>As <see cref="Time"/>, to the microsecond.</summary>
    MicroTime,

    /// <summary>Bytes that hold JSON.</summary>
    Raw,
    Message,
    TextMap,
    BytesMap,

    /// <summary>Amounts by name: messages that hold a text, and texts in JSON.</summary>
    QuantityMap,
}

/// <summary>One field of a message.</summary>
internal sealed record ProtobufField(string Name, FieldForm Form, ProtobufMessage? Message = null, bool IsList = false);

/// <summary>The numbered fields of a message.</summary>
internal sealed record ProtobufMessage(IReadOnlyDictionary<int, ProtobufField> Fields);
