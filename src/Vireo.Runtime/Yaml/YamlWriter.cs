using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Vireo.Runtime;

/// <summary>
/// Prints JSON as the block YAML that kubectl prints: sorted keys, lists not indented under their key.
/// </summary>
internal sealed class YamlWriter
{
    private const int Indent = 2;

    // YAML readers give up on a key that is longer and not announced.
    private const int MaxSimpleKey = 128;

    private readonly StringBuilder _text = new();

    public string Write(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.EnumerateObject().Any():
                WriteMapping(value, indent: 0);
                break;
            case JsonValueKind.Array when value.GetArrayLength() > 0:
                WriteSequence(value, indent: 0);
                break;
            default:
                WriteScalar(value, Indent);
                break;
        }

        return _text.ToString();
    }

    /// <summary>Writes fields, the first where the text ends now and the others each at the indent.</summary>
    private void WriteMapping(JsonElement mapping, int indent)
    {
        var isFirst = true;
        foreach (var field in mapping.EnumerateObject().OrderBy(field => field.Name, YamlKeyOrder.Instance))
        {
            StartLine(indent, isFirst);
            isFirst = false;
            var key = Flow(field.Name);
            _text.Append(key.Length <= MaxSimpleKey ? key : $"? {key}\n{new string(' ', indent)}").Append(':');
            WriteFieldValue(field.Value, indent);
        }
    }

    private void WriteFieldValue(JsonElement value, int indent)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.EnumerateObject().Any():
                _text.Append('\n').Append(' ', indent + Indent);
                WriteMapping(value, indent + Indent);
                break;
            case JsonValueKind.Array when value.GetArrayLength() > 0:
                _text.Append('\n').Append(' ', indent);
                WriteSequence(value, indent);
                break;
            default:
                _text.Append(' ');
                WriteScalar(value, indent + Indent);
                break;
        }
    }

    private void WriteSequence(JsonElement sequence, int indent)
    {
        var isFirst = true;
        foreach (var item in sequence.EnumerateArray())
        {
            StartLine(indent, isFirst);
            isFirst = false;
            _text.Append("- ");
            switch (item.ValueKind)
            {
                case JsonValueKind.Object when item.EnumerateObject().Any():
                    WriteMapping(item, indent + Indent);
                    break;
                case JsonValueKind.Array when item.GetArrayLength() > 0:
                    WriteSequence(item, indent + Indent);
                    break;
                default:
                    WriteScalar(item, indent + Indent);
                    break;
            }
        }
    }

    private void StartLine(int indent, bool isFirst)
    {
        if (!isFirst)
        {
            _text.Append(' ', indent);
        }
    }

    /// <summary>Writes a value that fits behind its key, and ends the line.</summary>
    private void WriteScalar(JsonElement value, int indent)
    {
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { } word && CanBeBlock(word))
        {
            WriteBlock(word, indent);
            return;
        }

        _text.Append(
            value.ValueKind switch
            {
                JsonValueKind.Object => "{}",
                JsonValueKind.Array => "[]",
                JsonValueKind.String => Flow(value.GetString()!),
                JsonValueKind.Number when value.GetRawText() is "-0" => "-0.0",
                _ => value.GetRawText(),
            }
        );
        _text.Append('\n');
    }

    private void WriteBlock(string word, int indent)
    {
        var ending =
            !word.EndsWith('\n') ? "-"
            : word.EndsWith("\n\n", StringComparison.Ordinal) ? "+"
            : "";
        _text.Append('|').Append(ending).Append('\n');
        foreach (var line in (word.EndsWith('\n') ? word[..^1] : word).Split('\n'))
        {
            _text.Append(' ', line.Length > 0 ? indent : 0).Append(line).Append('\n');
        }
    }

    /// <summary>True for text of several lines that needs no escapes, and whose indent its first line shows.</summary>
    private static bool CanBeBlock(string word) =>
        word.Contains('\n', StringComparison.Ordinal)
        && word[0] is not (' ' or '\n' or '\t')
        && !word.Contains(" \n", StringComparison.Ordinal)
        && word[^1] != ' '
        && word.All(c => c is '\n' or '\t' || IsPlainlyVisible(c));

    private static string Flow(string word)
    {
        if (!word.All(IsPlainlyVisible) || YamlScalar.MustBeQuoted(word))
        {
            return DoubleQuoted(word);
        }

        return CanBePlain(word) ? word : $"'{word.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    /// <remarks>
    /// A star inside would be safe by the standard, but YamlDotNet does not see the end of a key after one.
    /// </remarks>
    private static bool CanBePlain(string word) =>
        word[0] is not (' ' or ',' or '[' or ']' or '{' or '}' or '#' or '&' or '!' or '|' or '>' or '\'' or '"')
        && word[0] is not ('%' or '@' or '`')
        && !(word[0] is '-' or '?' or ':' && (word.Length == 1 || word[1] == ' '))
        && !word.StartsWith("---", StringComparison.Ordinal)
        && !word.StartsWith("...", StringComparison.Ordinal)
        && !word.Contains(": ", StringComparison.Ordinal)
        && !word.Contains(" #", StringComparison.Ordinal)
        && !word.Contains('*', StringComparison.Ordinal)
        && word[^1] is not (' ' or ':');

    private static string DoubleQuoted(string word)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in word.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                > 0xFFFF => quoted.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:X8}"),
                var code when IsPlainlyVisible((char)code) => quoted.Append((char)code),
                var code => quoted.Append(CultureInfo.InvariantCulture, $"\\u{code:X4}"),
            };
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>
    /// False for what a person or a YAML reader might not see as one character: controls, breaks, marks.
    /// </summary>
    private static bool IsPlainlyVisible(char c) =>
        c is >= ' ' and <= '~' or >= '\u00A0' and < '\u2028' or > '\u2029' and < '\uD800' or >= '\uE000' and < '\uFEFF';
}
