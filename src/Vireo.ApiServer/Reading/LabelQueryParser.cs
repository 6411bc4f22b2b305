using System.Globalization;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Writing;

namespace Vireo.ApiServer.Reading;

/// <summary>Reads label selectors: equality (<c>= == !=</c>), sets (<c>in notin</c>), existence.</summary>
internal sealed class LabelQueryParser(string text)
{
    private const int LongestSelector = 16 * 1024;

    private int _at;

    public List<LabelRequirement> Parse()
    {
        if (text.Length > LongestSelector)
        {
            throw Refusals.BadRequest($"labelSelector is longer than {LongestSelector} characters");
        }

        var requirements = new List<LabelRequirement>();
        while (Peek() != '\0')
        {
            requirements.Add(Requirement());
            if (Peek() == '\0')
            {
                break;
            }

            Expect(',');
            if (Peek() == '\0')
            {
                throw Bad("a requirement");
            }
        }

        return requirements;
    }

    private LabelRequirement Requirement()
    {
        if (Take('!'))
        {
            return new(Key(), LabelOperator.DoesNotExist, []);
        }

        var key = Key();
        switch (Peek())
        {
            case '\0' or ',':
                return new(key, LabelOperator.Exists, []);
            case '=':
                _ = Take('=') && Take('=');
                return new(key, LabelOperator.In, [Value()]);
            case '!':
                Take('!');
                Expect('=');
                return new(key, LabelOperator.NotIn, [Value()]);
            case '>':
                Take('>');
                return new(key, LabelOperator.GreaterThan, [Integer()]);
            case '<':
                Take('<');
                return new(key, LabelOperator.LessThan, [Integer()]);
            default:
                return Word() switch
                {
                    "in" => new(key, LabelOperator.In, Set()),
                    "notin" => new(key, LabelOperator.NotIn, Set()),
                    _ => throw Bad("one of = == != > < in notin"),
                };
        }
    }

    private List<string> Set()
    {
        Expect('(');
        List<string> values = [Value()];
        while (Take(','))
        {
            values.Add(Value());
        }

        Expect(')');
        return values;
    }

    private string Key()
    {
        var key = Word();
        return NameRules.QualifiedName(key) is { } fault ? throw Bad($"a label key; \"{key}\": {fault}") : key;
    }

    private string Value()
    {
        var value = Word();
        return NameRules.LabelValue(value) is { } fault ? throw Bad($"a label value; \"{value}\": {fault}") : value;
    }

    private string Integer()
    {
        var word = Word();
        return long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            ? word
            : throw Bad("a whole number");
    }

    private string Word()
    {
        Peek();
        var start = _at;
        while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && !"=!<>(),".Contains(text[_at]))
        {
            _at++;
        }

        return text[start.._at];
    }

    /// <summary>The next character after white space; NUL at the end.</summary>
    private char Peek()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }

        return _at < text.Length ? text[_at] : '\0';
    }

    private bool Take(char wanted)
    {
        var found = Peek() == wanted;
        _at += found ? 1 : 0;
        return found;
    }

    private void Expect(char wanted)
    {
        if (!Take(wanted))
        {
            throw Bad($"'{wanted}'");
        }
    }

    private StatusException Bad(string expected) =>
        Refusals.BadRequest($"unable to parse labelSelector \"{text}\" at character {_at + 1}: expected {expected}");
}
