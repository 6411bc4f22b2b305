using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vireo.Api;

/// <summary>An amount as Kubernetes writes it: <c>512Mi</c>, <c>1.5G</c>, <c>500m</c>, <c>1e3</c>.</summary>
/// <remarks>
/// Keeps the text it was read from, so that an object goes out as it came in; compares by value, so that
/// <c>1Gi</c> equals <c>1024Mi</c>. Values are exact to a thousandth (milli), the rest is rounded up, as Kubernetes
/// does.
/// </remarks>
[JsonConverter(typeof(QuantityConverter))]
public readonly struct Quantity : IEquatable<Quantity>, IComparable<Quantity>
{
    private const int MaxExponent = 18;

    private static readonly (string Suffix, BigInteger MilliFactor)[] Suffixes =
    [
        ("Ki", BigInteger.Pow(1024, 1) * 1000),
        ("Mi", BigInteger.Pow(1024, 2) * 1000),
        ("Gi", BigInteger.Pow(1024, 3) * 1000),
        ("Ti", BigInteger.Pow(1024, 4) * 1000),
        ("Pi", BigInteger.Pow(1024, 5) * 1000),
        ("Ei", BigInteger.Pow(1024, 6) * 1000),
        ("m", 1),
        ("k", BigInteger.Pow(1000, 2)),
        ("M", BigInteger.Pow(1000, 3)),
        ("G", BigInteger.Pow(1000, 4)),
        ("T", BigInteger.Pow(1000, 5)),
        ("P", BigInteger.Pow(1000, 6)),
        ("E", BigInteger.Pow(1000, 7)),
        ("", 1000),
    ];

    private static readonly System.Buffers.SearchValues<char> NumberCharacters = System.Buffers.SearchValues.Create(
        "+-.0123456789"
    );

    private readonly string? _text;
    private readonly BigInteger _milli;

    private Quantity(string text, BigInteger milli)
    {
        _text = text;
        _milli = milli;
    }

    /// <summary>
    /// The amount in whole units (bytes, processors), rounded up; limited to the range of <c>long</c>.
    /// </summary>
    public long Value => ToLong((_milli + (_milli.Sign > 0 ? 999 : 0)) / 1000);

    /// <summary>The amount in thousandths (millicores); limited to the range of <c>long</c>.</summary>
    public long MilliValue => ToLong(_milli);

    /// <summary>Whole bytes as the shortest exact binary text, for example <c>512Mi</c>.</summary>
    public static Quantity FromBytes(long bytes)
    {
        var (value, suffix) = (bytes, "");
        foreach (var next in (ReadOnlySpan<string>)["Ki", "Mi", "Gi", "Ti"])
        {
            if (value == 0 || value % 1024 != 0)
            {
                break;
            }

            (value, suffix) = (value / 1024, next);
        }

        return new(string.Create(CultureInfo.InvariantCulture, $"{value}{suffix}"), (BigInteger)bytes * 1000);
    }

    /// <summary>Thousandths of a processor, for example <c>100m</c> or <c>2</c>.</summary>
    public static Quantity FromMilli(long milli) =>
        milli % 1000 == 0
            ? new(string.Create(CultureInfo.InvariantCulture, $"{milli / 1000}"), milli)
            : new(string.Create(CultureInfo.InvariantCulture, $"{milli}m"), milli);

    /// <summary>Reads an amount; false when the text is none.</summary>
    public static bool TryParse(string? text, out Quantity quantity)
    {
        quantity = default;
        if (string.IsNullOrEmpty(text) || text.Length > 64)
        {
            return false;
        }

        var end = text.AsSpan().IndexOfAnyExcept(NumberCharacters);
        var number = end < 0 ? text : text.AsSpan(0, end);
        if (
            !TryReadSuffix(end < 0 ? "" : text[end..], out var milliFactor, out var exponent)
            || !decimal.TryParse(
                number,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var parsed
            )
        )
        {
            return false;
        }

        quantity = new(text, Scale(parsed, milliFactor, exponent));
        return true;
    }

    /// <summary>Reads an amount.</summary>
    /// <exception cref="FormatException">The text is no amount.</exception>
    public static Quantity Parse(string text) =>
        TryParse(text, out var quantity)
            ? quantity
            : throw new FormatException(
                $"'{text}' is no quantity: write a number with an optional suffix, such as 512Mi, 1G or 500m."
            );

    /// <inheritdoc />
    public bool Equals(Quantity other) => _milli == other._milli;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Quantity other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => _milli.GetHashCode();

    /// <inheritdoc />
    public int CompareTo(Quantity other) => _milli.CompareTo(other._milli);

    /// <summary>The text the amount was read from.</summary>
    public override string ToString() => _text ?? "0";

    /// <summary>Equal amounts, however written.</summary>
    public static bool operator ==(Quantity left, Quantity right) => left.Equals(right);

    /// <summary>Different amounts.</summary>
    public static bool operator !=(Quantity left, Quantity right) => !left.Equals(right);

    /// <summary>Compares amounts.</summary>
    public static bool operator <(Quantity left, Quantity right) => left.CompareTo(right) < 0;

    /// <summary>Compares amounts.</summary>
    public static bool operator >(Quantity left, Quantity right) => left.CompareTo(right) > 0;

    /// <summary>Compares amounts.</summary>
    public static bool operator <=(Quantity left, Quantity right) => left.CompareTo(right) <= 0;

    /// <summary>Compares amounts.</summary>
    public static bool operator >=(Quantity left, Quantity right) => left.CompareTo(right) >= 0;

    private static bool TryReadSuffix(string suffix, out BigInteger milliFactor, out int exponent)
    {
        (milliFactor, exponent) = (1000, 0);
        if (suffix is "n" or "u")
        {
            exponent = suffix == "n" ? -9 : -6;
            return true;
        }

        if (
            suffix.Length > 1
            && suffix[0] is 'e' or 'E'
            && int.TryParse(suffix.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
        )
        {
            return exponent is >= -MaxExponent and <= MaxExponent;
        }

        exponent = 0;
        var index = Array.FindIndex(Suffixes, s => s.Suffix == suffix);
        milliFactor = index < 0 ? 0 : Suffixes[index].MilliFactor;
        return index >= 0;
    }

    private static BigInteger Scale(decimal number, BigInteger milliFactor, int exponent)
    {
        var bits = decimal.GetBits(number);
        var mantissa = new BigInteger(new decimal(bits[0], bits[1], bits[2], false, 0)) * milliFactor;
        var digits = ((bits[3] >> 16) & 0xFF) - exponent;
        if (digits < 0)
        {
            mantissa *= BigInteger.Pow(10, -digits);
        }
        else if (digits > 0)
        {
            mantissa = BigInteger.DivRem(mantissa, BigInteger.Pow(10, digits), out var rest) + (rest.IsZero ? 0 : 1);
        }

        return number < 0 ? -mantissa : mantissa;
    }

    private static long ToLong(BigInteger value) =>
        value > long.MaxValue ? long.MaxValue
        : value < long.MinValue ? long.MinValue
        : (long)value;
}

/// <summary>Reads a quantity from a JSON string or number, writes its text.</summary>
public sealed class QuantityConverter : JsonConverter<Quantity>
{
    /// <inheritdoc />
    public override Quantity Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text =
            reader.TokenType == JsonTokenType.Number
                ? System.Text.Encoding.UTF8.GetString(
                    reader.HasValueSequence
                        ? System.Buffers.BuffersExtensions.ToArray(reader.ValueSequence)
                        : reader.ValueSpan
                )
                : reader.GetString();
        return Quantity.TryParse(text, out var quantity)
            ? quantity
            : throw new JsonException(
                $"'{text}' is no quantity: write a number with an optional suffix, such as 512Mi, 1G or 500m."
            );
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, Quantity value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
