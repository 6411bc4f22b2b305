using System.Globalization;
using System.Text.Json.Nodes;

namespace Vireo.Runtime;

/// <summary>What a plain word means, as kubectl's YAML reader (YAML 1.1 as Go reads it) takes it.</summary>
/// <remarks>One exception, for safety: <c>y</c> and <c>n</c> are words, as in every later YAML.</remarks>
internal static class YamlScalar
{
    /// <summary>The value of a plain word; false for infinities and NaN, which JSON has no form for.</summary>
    public static bool TryResolve(string word, out JsonNode? value)
    {
        value = null;
        switch (word)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return true;
            case "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON":
                value = JsonValue.Create(true);
                return true;
            case "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF":
                value = JsonValue.Create(false);
                return true;
            case ".nan" or ".NaN" or ".NAN":
            case ['+' or '-', .. ".inf" or ".Inf" or ".INF"] or ".inf" or ".Inf" or ".INF":
                return false;
            default:
                value = Number(word) ?? JsonValue.Create(word);
                return true;
        }
    }

    /// <summary>True when the word, written plain, would be read as something else than text.</summary>
    public static bool MustBeQuoted(string word) =>
        !TryResolve(word, out var value)
        || value?.GetValueKind() is not System.Text.Json.JsonValueKind.String
        || word is "y" or "Y" or "n" or "N" or "<<"
        || LooksLikeTime(word);

    private static JsonValue? Number(string word)
    {
        if (word[0] is not ('+' or '-' or '.' or (>= '0' and <= '9')))
        {
            return null;
        }

        var plain = word.Replace("_", "", StringComparison.Ordinal);
        if (Integer(plain) is { } integer)
        {
            return integer;
        }

        return
            IsFloat(plain)
            && double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
            ? JsonValue.Create(number)
            : null;
    }

    private static JsonValue? Integer(string plain)
    {
        var isNegative = plain.StartsWith('-');
        var digits = plain.AsSpan(plain is ['+' or '-', ..] ? 1 : 0);
        var radix = digits switch
        {
            ['0', 'x' or 'X', _, ..] => 16,
            ['0', 'b' or 'B', _, ..] => 2,
            ['0', 'o' or 'O', _, ..] => 8,
            ['0', >= '0' and <= '9', ..] => 8,
            _ => 10,
        };
        digits = radix == 10 ? digits : digits[(digits[1] is >= '0' and <= '9' ? 1 : 2)..];
        if (!TryParse(digits, (uint)radix, out var magnitude))
        {
            return null;
        }

        return isNegative switch
        {
            false when magnitude <= long.MaxValue => JsonValue.Create((long)magnitude),
            false => JsonValue.Create(magnitude),
            true when magnitude <= 1UL + long.MaxValue => JsonValue.Create(unchecked(-(long)magnitude)),
            _ => null,
        };
    }

    private static bool TryParse(ReadOnlySpan<char> digits, uint radix, out ulong value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            var worth = char.IsAsciiHexDigit(digit) ? (uint)Convert.ToInt32(digit.ToString(), 16) : uint.MaxValue;
            var next = ((UInt128)value * radix) + worth;
            if (worth >= radix || next > ulong.MaxValue)
            {
                return false;
            }

            value = (ulong)next;
        }

        return digits.Length > 0;
    }

    /// <summary>Digits with at most one point among or before them, and an exponent perhaps.</summary>
    private static bool IsFloat(ReadOnlySpan<char> word)
    {
        word = word is ['+' or '-', ..] ? word[1..] : word;
        var exponent = word.IndexOfAny('e', 'E');
        if (exponent >= 0)
        {
            var power = word[(exponent + 1)..];
            power = power is ['+' or '-', ..] ? power[1..] : power;
            if (power.IsEmpty || power.ContainsAnyExceptInRange('0', '9'))
            {
                return false;
            }

            word = word[..exponent];
        }

        var point = word.IndexOf('.');
        var whole = point < 0 ? word : word[..point];
        var rest = point < 0 ? default : word[(point + 1)..];
        return !whole.ContainsAnyExceptInRange('0', '9')
            && !rest.ContainsAnyExceptInRange('0', '9')
            && whole.Length + rest.Length > 0;
    }

    /// <summary>Dates, and times such as 12:30 that YAML 1.1 reads as numbers to the base of sixty.</summary>
    private static bool LooksLikeTime(string word) =>
        word is [>= '0' and <= '9', _, _, _, '-', ..]
        || (word.Contains(':', StringComparison.Ordinal) && word.All(c => char.IsAsciiDigit(c) || "+-_.:".Contains(c)));
}
