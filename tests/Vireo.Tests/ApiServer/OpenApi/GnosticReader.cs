using System.Text;
using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.OpenApi;

/// <summary>
/// Reads gnostic's protobuf form of an OpenAPI 2 document back into JSON, by a table of its messages, so that what
/// was written can be compared with what was meant.
/// </summary>
internal static class GnosticReader
{
    // Field number -> what it is: "name:form". A form is text, flag, integer, double, yaml, or the name of a message;
    // with * it is repeated. "=" stands for the message itself: oneof wrappers that JSON does not have.
    private static readonly Dictionary<string, string[]> Messages = new()
    {
        ["Document"] = ["1 swagger:text", "2 info:Info", "8 paths:Paths", "9 definitions:Definitions"],
        ["Info"] = ["1 title:text", "2 version:text"],
        ["Paths"] = ["2 {}:PathItem"],
        ["Definitions"] = ["1 {}:Schema"],
        ["Properties"] = ["1 {}:Schema"],
        ["Responses"] = ["1 {}:ResponseValue"],
        ["PathItem"] =
        [
            "2 get:Operation",
            "3 put:Operation",
            "4 post:Operation",
            "5 delete:Operation",
            "8 patch:Operation",
            "9 parameters:ParametersItem*",
        ],
        ["Operation"] =
        [
            "5 operationId:text",
            "6 produces:text*",
            "7 consumes:text*",
            "8 parameters:ParametersItem*",
            "9 responses:Responses",
            "13 {}:yaml",
        ],
        ["ParametersItem"] = ["1 =:Parameter"],
        ["Parameter"] = ["1 =:BodyParameter", "2 =:NonBodyParameter"],
        ["NonBodyParameter"] = ["3 =:QueryParameter", "4 =:PathParameter"],
        ["BodyParameter"] = ["2 name:text", "3 in:text", "4 required:flag", "5 schema:Schema"],
        ["QueryParameter"] = ["1 required:flag", "2 in:text", "3 description:text", "4 name:text", "6 type:text"],
        ["PathParameter"] = ["1 required:flag", "2 in:text", "3 description:text", "4 name:text", "5 type:text"],
        ["ResponseValue"] = ["1 =:Response"],
        ["Response"] = ["1 description:text", "2 schema:SchemaItem"],
        ["SchemaItem"] = ["1 =:Schema"],
        ["TypeItem"] = ["1 =:text"],
        ["Schema"] =
        [
            "1 $ref:text",
            "2 format:text",
            "4 description:text",
            "5 default:yaml",
            "7 maximum:double",
            "9 minimum:double",
            "14 maxItems:integer",
            "19 required:text*",
            "20 enum:yaml*",
            "21 additionalProperties:SchemaItem",
            "22 type:TypeItem",
            "23 items:SchemaItem",
            "25 properties:Properties",
            "31 {}:yaml",
        ],
    };

    public static JsonNode Read(ReadOnlySpan<byte> document) => Message("Document", document);

    private static JsonNode Message(string message, ReadOnlySpan<byte> bytes)
    {
        var obj = new JsonObject();
        while (!bytes.IsEmpty)
        {
            var tag = Varint(ref bytes);
            var row = Messages[message].Single(row => row.StartsWith($"{tag >> 3} ", StringComparison.Ordinal));
            var (name, form) = (row.Split(' ', ':')[1], row.Split(' ', ':')[2]);
            if (name == "{}")
            {
                var (key, value) = Named(Take(ref bytes));
                obj.Add(key, Value(form, value));
            }
            else if (name == "=")
            {
                return Value(form, Field(tag, ref bytes));
            }
            else if (form.EndsWith('*'))
            {
                obj.TryAdd(name, new JsonArray());
                obj[name]!.AsArray().Add(Value(form[..^1], Field(tag, ref bytes)));
            }
            else
            {
                obj.Add(name, Value(form, Field(tag, ref bytes)));
            }
        }

        return obj;
    }

    private static JsonNode Value(string form, ReadOnlySpan<byte> bytes) =>
        form switch
        {
            "text" => Encoding.UTF8.GetString(bytes),
            "flag" => Varint(ref bytes) == 1,
            "integer" => (long)Varint(ref bytes),
            "double" => BitConverter.ToDouble(bytes),
            // google.protobuf.Any is never used: field 2 is the YAML.
            "yaml" => JsonNode.Parse(Encoding.UTF8.GetString(Only(2, bytes)))!,
            _ => Message(form, bytes),
        };

    private static (string Name, byte[] Value) Named(ReadOnlySpan<byte> bytes)
    {
        Varint(ref bytes).ShouldBe(0x0AUL);
        var name = Encoding.UTF8.GetString(Take(ref bytes));
        return (name, Only(2, bytes).ToArray());
    }

    private static ReadOnlySpan<byte> Only(int field, ReadOnlySpan<byte> bytes)
    {
        (Varint(ref bytes) >> 3).ShouldBe((ulong)field);
        var value = Take(ref bytes);
        bytes.IsEmpty.ShouldBeTrue();
        return value;
    }

    private static ReadOnlySpan<byte> Field(ulong tag, scoped ref ReadOnlySpan<byte> bytes)
    {
        var rest = bytes;
        switch (tag & 7)
        {
            case 0:
                Varint(ref bytes);
                return rest[..^bytes.Length];
            case 1:
                bytes = bytes[8..];
                return rest[..8];
            default:
                return Take(ref bytes);
        }
    }

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> bytes)
    {
        var length = (int)Varint(ref bytes);
        var taken = bytes[..length];
        bytes = bytes[length..];
        return taken;
    }

    private static ulong Varint(scoped ref ReadOnlySpan<byte> bytes)
    {
        var (value, shift) = (0UL, 0);
        while (true)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }

            shift += 7;
        }
    }
}
