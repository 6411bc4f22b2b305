using System.Text.Json.Nodes;
using Vireo.ApiServer.Writing;

namespace Vireo.ApiServer.Patching;

/// <summary>A JSON patch cannot be applied to the object as it is.</summary>
internal sealed class JsonPatchException(string message) : Exception(message);

/// <summary>JSON patch (RFC 6902): all operations are made, or none.</summary>
internal sealed class JsonPatch
{
    private const int MostOperations = 10_000;

    /// <summary>What all copies of one patch may come to: copies of copies grow fast.</summary>
    private const int MostCopiedBytes = RequestBody.LimitBytes;

    private readonly IReadOnlyList<Operation> _operations;

    private JsonPatch(IReadOnlyList<Operation> operations) => _operations = operations;

    /// <summary>Reads the operations.</summary>
    /// <exception cref="Answers.StatusException">BadRequest: an operation is not one.</exception>
    public static JsonPatch Read(JsonArray operations)
    {
        if (operations.Count > MostOperations)
        {
            throw Answers.Refusals.BadRequest(
                $"the JSON patch has {operations.Count} operations; at most {MostOperations} are allowed"
            );
        }

        try
        {
            return new([.. operations.Select(Operation.Read)]);
        }
        catch (JsonPatchException wrong)
        {
            throw Answers.Refusals.BadRequest($"error decoding patch: {wrong.Message}");
        }
    }

    /// <summary>The fields of the root that it names; the empty text for the root itself.</summary>
    public IEnumerable<string> Touched =>
        _operations
            .SelectMany(operation => (JsonPointer?[])[operation.Path, operation.From])
            .OfType<JsonPointer>()
            .Select(path => path.First);

    /// <summary>The document as the patch makes it.</summary>
    /// <exception cref="JsonPatchException">An operation names what is not there, or a test does not hold.</exception>
    public JsonNode? Apply(JsonNode target)
    {
        var root = target.DeepClone();
        var copied = 0;
        foreach (var operation in _operations)
        {
            root = operation.Apply(root, ref copied);
            if (copied > MostCopiedBytes)
            {
                throw new JsonPatchException($"the copies of the patch come to more than {MostCopiedBytes} bytes");
            }
        }

        return root;
    }

    private sealed record Operation(string Op, JsonPointer Path, JsonPointer? From, JsonNode? Value)
    {
        public static Operation Read(JsonNode? node, int index)
        {
            if (node is not JsonObject fields)
            {
                throw new JsonPatchException($"operation {index} is not an object");
            }

            var op = Text(fields, "op", index);
            var path = JsonPointer.Parse(Text(fields, "path", index));
            var from = op is "move" or "copy" ? JsonPointer.Parse(Text(fields, "from", index)) : null;
            if (op is not ("add" or "remove" or "replace" or "move" or "copy" or "test"))
            {
                throw new JsonPatchException(
                    $"operation {index}: \"{op}\" is not one of add, remove, replace, move, copy, test"
                );
            }

            return op is "add" or "replace" or "test" && !fields.ContainsKey("value")
                ? throw new JsonPatchException($"operation {index}: {op} needs a value")
                : new(op, path, from, fields["value"]);
        }

        public JsonNode? Apply(JsonNode? root, ref int copied)
        {
            switch (Op)
            {
                case "test":
                    return JsonNode.DeepEquals(Path.Get(root), Value)
                        ? root
                        : throw new JsonPatchException($"testing value {Path.Text} failed");
                case "remove":
                    Path.Remove(root);
                    return root;
                case "replace":
                    _ = Path.Get(root);
                    return Replace(root, Value?.DeepClone());
                case "add":
                    return Put(root, Value?.DeepClone());
                case "copy":
                    var source = From!.Get(root);
                    copied += source?.ToJsonString().Length ?? 4;
                    return Put(root, source?.DeepClone());
                default:
                    return Move(root, From!);
            }
        }

        private JsonNode? Move(JsonNode? root, JsonPointer from)
        {
            if (from.Tokens.SequenceEqual(Path.Tokens))
            {
                _ = Path.Get(root);
                return root;
            }

            return from.Contains(Path)
                ? throw new JsonPatchException($"\"{from.Text}\" cannot be moved into itself")
                : Put(root, from.Remove(root));
        }

        private JsonNode? Replace(JsonNode? root, JsonNode? value)
        {
            if (Path.IsRoot)
            {
                return value;
            }

            // A list keeps its length: the old value makes room first.
            if (Path.Tokens[^1] != "-")
            {
                Path.Remove(root);
            }

            return Put(root, value);
        }

        private JsonNode? Put(JsonNode? root, JsonNode? value)
        {
            if (Path.IsRoot)
            {
                return value;
            }

            if (Path.Tokens.Count + Depth(value) > RequestBody.DeepestNesting)
            {
                throw new JsonPatchException($"the object would nest deeper than {RequestBody.DeepestNesting} levels");
            }

            Path.Add(root, value);
            return root;
        }

        private static int Depth(JsonNode? node) =>
            node switch
            {
                JsonObject fields => 1 + fields.Select(field => Depth(field.Value)).DefaultIfEmpty().Max(),
                JsonArray list => 1 + list.Select(Depth).DefaultIfEmpty().Max(),
                _ => 0,
            };

        private static string Text(JsonObject fields, string name, int index) =>
            fields[name] is JsonValue value && value.TryGetValue(out string? text)
                ? text
                : throw new JsonPatchException($"operation {index} has no {name}");
    }
}
