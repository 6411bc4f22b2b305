using System.Buffers;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Storage;
using Vireo.Runtime;

namespace Vireo.ApiServer.Printing;

/// <summary>Objects as they are stored, as YAML for people. A list is made item by item.</summary>
internal sealed class YamlForm : OutputForm
{
    public static YamlForm Instance { get; } = new();

    public override string ContentType => Answer.Yaml;

    public override void WriteOne(IBufferWriter<byte> output, StoredObject stored) =>
        WriteText(output, Yaml.FromJson(stored.Json));

    public override void WriteListStart(IBufferWriter<byte> output, ResourceKind kind, ListHead head)
    {
        var json = new ArrayBufferWriter<byte>();
        WriteListHead(json, kind.Kind + "List", kind.ApiVersion, head);
        json.Write("}"u8);
        WriteText(output, Yaml.FromJson(json.WrittenMemory) + "items:");
    }

    public override void WriteComma(IBufferWriter<byte> output, int index)
    {
        if (index == 0)
        {
            output.Write("\n"u8);
        }
    }

    public override void WriteItem(IBufferWriter<byte> output, StoredObject stored)
    {
        var json = new ArrayBufferWriter<byte>(stored.Json.Length + 2);
        json.Write("["u8);
        json.Write(stored.Json.Span);
        json.Write("]"u8);
        WriteText(output, Yaml.FromJson(json.WrittenMemory));
    }

    public override void WriteListEnd(IBufferWriter<byte> output, int count)
    {
        if (count == 0)
        {
            output.Write(" []\n"u8);
        }
    }
}
