using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Vireo.Runtime;

/// <summary>Builds JSON from the parser's events. For one text.</summary>
/// <remarks>
/// YamlDotNet's own object model is not used: it recurses without a limit, and a short text of brackets would end the
/// process.
/// </remarks>
internal sealed class YamlReader(string text, ICollection<string>? twice = null)
{
    // Nobody reads more, and a hostile text must not cost more.
    private const int MostTold = 100;

    private const string StandardTag = "tag:yaml.org,2002:";

    private readonly Parser _parser = new(new StringReader(text.TrimStart('\uFEFF')));
    private readonly Dictionary<AnchorName, JsonNode?> _anchors = [];
    private long _aliasBudget = Yaml.MaxLength;

    public IReadOnlyList<JsonNode> ReadAll()
    {
        try
        {
            var documents = new List<JsonNode>();
            Next<StreamStart>();
            while (_parser.Accept<DocumentStart>(out _))
            {
                Next<DocumentStart>();
                _anchors.Clear();
                if (ReadNode(depth: 1) is { } document)
                {
                    documents.Add(document);
                }

                Next<DocumentEnd>();
            }

            return documents;
        }
        catch (YamlException e)
        {
            throw Error(e.Start, e.Message, e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The parser's own way to say that some texts make no sense to it.
            throw Error(_parser.Current?.End ?? Mark.Empty, "From here on the text is no YAML.", e);
        }
    }

    private JsonNode? ReadNode(int depth)
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return Expand(alias, depth);
        }

        var start = Next<NodeEvent>();
        if (depth > Yaml.MaxDepth)
        {
            throw TooDeep(start.Start);
        }

        var node = start switch
        {
            Scalar scalar => ReadScalar(scalar),
            SequenceStart => ReadSequence(start, depth),
            _ => ReadMapping(start, depth),
        };
        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor] = node;
        }

        return node;
    }

    private JsonArray ReadSequence(NodeEvent start, int depth)
    {
        CheckTag(start, "seq");
        var array = new JsonArray();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            array.Add(ReadNode(depth + 1));
        }

        return array;
    }

    private JsonObject ReadMapping(NodeEvent start, int depth)
    {
        CheckTag(start, "map");
        var mapping = new JsonObject();
        var merged = new List<JsonObject>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var at = _parser.Current!.Start;
            if (_parser.Accept<Scalar>(out var scalar) && IsMergeKey(scalar))
            {
                Next<Scalar>();
                merged.AddRange(Merged(ReadNode(depth + 1), at));
                continue;
            }

            var key = KeyOf(ReadNode(depth + 1), at);
            if (mapping.ContainsKey(key))
            {
                if (twice is null)
                {
                    throw Error(at, $"The key '{key}' is there twice. Keep one.");
                }

                if (twice.Count < MostTold)
                {
                    twice.Add($"line {at.Line}: key \"{key}\" already set in map");
                }
            }

            mapping[key] = ReadNode(depth + 1);
        }

        foreach (var (key, value) in merged.SelectMany(from => from))
        {
            if (!mapping.ContainsKey(key))
            {
                mapping.Add(key, value?.DeepClone());
            }
        }

        return mapping;
    }

    private static bool IsMergeKey(Scalar scalar) =>
        scalar is { Style: ScalarStyle.Plain, Value: "<<" } && (scalar.Tag.IsEmpty || IsTag(scalar, "merge"));

    private static IEnumerable<JsonObject> Merged(JsonNode? value, Mark at) =>
        value switch
        {
            JsonObject one => [one],
            JsonArray many when many.All(item => item is JsonObject) => many.Cast<JsonObject>(),
            _ => throw Error(at, "'<<' merges a mapping, or a list of mappings. Quote it if it is a key."),
        };

    private static string KeyOf(JsonNode? key, Mark at) =>
        key switch
        {
            JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
            JsonValue value => value.ToJsonString(),
            null => throw Error(at, "A key is empty. Name it, or quote it if it is the word null."),
            _ => throw Error(at, "A key is a list or a mapping; it must be a word."),
        };

    private static JsonNode? ReadScalar(Scalar scalar)
    {
        if (HasHalfCharacter(scalar.Value))
        {
            throw Error(scalar.Start, "A text holds half a character (one surrogate without the other).");
        }

        var tag = scalar.Tag.IsEmpty ? "" : scalar.Tag.Value;
        if (tag is "!" or StandardTag + "str" || (tag.Length == 0 && scalar.Style != ScalarStyle.Plain))
        {
            return JsonValue.Create(scalar.Value);
        }

        if (!YamlScalar.TryResolve(scalar.Value, out var value))
        {
            throw Error(scalar.Start, $"'{scalar.Value}' is no number that JSON can hold. Quote it if it is a word.");
        }

        var kind = value?.GetValueKind() ?? JsonValueKind.Null;
        var fits = tag switch
        {
            "" => true,
            StandardTag + "int" or StandardTag + "float" => kind == JsonValueKind.Number,
            StandardTag + "bool" => kind is JsonValueKind.True or JsonValueKind.False,
            StandardTag + "null" => kind == JsonValueKind.Null,
            _ => throw UnknownTag(scalar),
        };
        return fits ? value : throw Error(scalar.Start, $"'{scalar.Value}' is not what its tag '{tag}' says.");
    }

    private static bool HasHalfCharacter(string text)
    {
        for (var at = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF'); at >= 0 && at < text.Length; at++)
        {
            if (char.IsSurrogate(text[at]) && !(at + 1 < text.Length && char.IsSurrogatePair(text[at], text[++at])))
            {
                return true;
            }
        }

        return false;
    }

    private JsonNode? Expand(AnchorAlias alias, int depth)
    {
        if (!_anchors.TryGetValue(alias.Value, out var node))
        {
            throw Error(
                alias.Start,
                $"Nothing before it is marked '&{alias.Value}'. An alias cannot stand for what it is a part of."
            );
        }

        Charge(node, depth, alias.Start);
        return node?.DeepClone();
    }

    /// <summary>Takes what an alias stands for from the budget, so that a few lines cannot become gigabytes.</summary>
    private void Charge(JsonNode? node, int depth, Mark at)
    {
        if (depth > Yaml.MaxDepth)
        {
            throw TooDeep(at);
        }

        _aliasBudget -= node is JsonValue value && value.TryGetValue<string>(out var word) ? word.Length + 1 : 1;
        if (_aliasBudget < 0)
        {
            throw Error(at, $"The aliases stand for more than {Yaml.MaxLength} characters. Write out fewer.");
        }

        foreach (
            var child in node as IEnumerable<JsonNode?> ?? (node as JsonObject)?.Select(field => field.Value) ?? []
        )
        {
            Charge(child, depth + 1, at);
        }
    }

    private static void CheckTag(NodeEvent node, string expected)
    {
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific && !IsTag(node, expected))
        {
            throw UnknownTag(node);
        }
    }

    private static bool IsTag(NodeEvent node, string name) => !node.Tag.IsEmpty && node.Tag.Value == StandardTag + name;

    private T Next<T>()
        where T : ParsingEvent => _parser.Consume<T>();

    private static FormatException TooDeep(Mark at) =>
        Error(at, $"The text is nested more than {Yaml.MaxDepth} deep. Make it flatter.");

    private static FormatException UnknownTag(NodeEvent node) =>
        Error(node.Start, $"The tag '{node.Tag}' is not known. Remove it.");

    private static FormatException Error(Mark at, string message, Exception? inner = null) =>
        new($"line {at.Line}, column {at.Column}: {message}", inner);
}
