using System.Text.Json;
using FsCheck.Fluent;
using Vireo.Api;

namespace Vireo.Tests.Api;

public class QuantityTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1_000)]
    [InlineData("1.5", 1_500)]
    [InlineData("-2", -2_000)]
    [InlineData("+3", 3_000)]
    [InlineData(".5", 500)]
    [InlineData("5.", 5_000)]
    [InlineData("100m", 100)]
    [InlineData("1k", 1_000_000)]
    [InlineData("1e3", 1_000_000)]
    [InlineData("1E3", 1_000_000)]
    [InlineData("12e-1", 1_200)]
    [InlineData("1Ki", 1_024_000)]
    [InlineData("0.5Mi", 524_288_000)]
    [InlineData("1G", 1_000_000_000_000)]
    [InlineData("1500u", 2)]
    [InlineData("1n", 1)]
    [InlineData("0.0001", 1)]
    [InlineData("1E", long.MaxValue)]
    public void A_text_is_read_to_the_thousandth_and_rounded_up(string text, long milli) =>
        Quantity.Parse(text).MilliValue.ShouldBe(milli);

    [Theory]
    [InlineData("")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1KI")]
    [InlineData("1K")]
    [InlineData("1mi")]
    [InlineData("1KiB")]
    [InlineData("Mi")]
    [InlineData("1.2.3")]
    [InlineData("--1")]
    [InlineData("1e")]
    [InlineData("1e99")]
    [InlineData("1e-2147483648")]
    [InlineData("0x10")]
    [InlineData("1,5")]
    [InlineData("NaN")]
    public void What_is_no_amount_is_refused(string text)
    {
        Quantity.TryParse(text, out _).ShouldBeFalse();
        Should.Throw<FormatException>(() => Quantity.Parse(text)).Message.ShouldContain("512Mi");
    }

    [Fact]
    public void Suffixes_grow_by_their_factor()
    {
        string[] binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
        string[] metric = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
        foreach (var (suffixes, factor) in new[] { (binary, 1024), (metric, 1000) })
        {
            foreach (var (small, large) in suffixes.Zip(suffixes.Skip(1)))
            {
                Quantity.Parse($"{factor * 1000}{small}").ShouldBe(Quantity.Parse($"1000{large}"));
            }
        }
    }

    [Fact]
    public void Bytes_are_written_exactly() =>
        Check(bytes =>
        {
            var quantity = Quantity.FromBytes(bytes);
            return quantity.Value == bytes && Quantity.Parse(quantity.ToString()) == quantity;
        });

    [Fact]
    public void Thousandths_are_written_exactly() =>
        Check(milli =>
        {
            var quantity = Quantity.FromMilli(milli);
            return quantity.MilliValue == milli && Quantity.Parse(quantity.ToString()) == quantity;
        });

    [Fact]
    public void Amounts_are_ordered_as_their_numbers() =>
        FsCheck.Check.QuickThrowOnFailure(
            Prop.ForAll<int, int>(
                (a, b) =>
                {
                    var (x, y) = (Quantity.FromMilli(a), Quantity.Parse($"{b}m"));
                    return Math.Sign(x.CompareTo(y)) == a.CompareTo(b)
                        && x < y == a < b
                        && x >= y == a >= b
                        && x == y == (a == b)
                        && (a != b || x.GetHashCode() == y.GetHashCode());
                }
            )
        );

    [Fact]
    public void Equal_amounts_are_equal_however_written_and_keep_their_text()
    {
        var (a, b) = (Quantity.Parse("1Gi"), Quantity.Parse("1024Mi"));

        a.ShouldBe(b);
        (a.ToString(), b.ToString()).ShouldBe(("1Gi", "1024Mi"));
        Quantity.FromBytes(1 << 30).ToString().ShouldBe("1Gi");
        default(Quantity).ToString().ShouldBe("0");
    }

    [Fact]
    public void A_value_too_large_for_a_number_stays_comparable()
    {
        Quantity.Parse("20E").Value.ShouldBe(long.MaxValue);
        Quantity.Parse("20E").ShouldBeLessThan(Quantity.Parse("20Ei"));
        Quantity.Parse("-20E").Value.ShouldBe(long.MinValue);
    }

    [Theory]
    [InlineData("\"512Mi\"", "512Mi")]
    [InlineData("2", "2")]
    [InlineData("1.5", "1.5")]
    [InlineData("1e3", "1e3")]
    public void JSON_gives_it_as_text_or_number_and_gets_text(string json, string text)
    {
        var memory = JsonSerializer.Deserialize($$"""{ "guest": {{json}} }""", ApiJson.Default.Memory)!;

        JsonSerializer.Serialize(memory, ApiJson.Default.Memory).ShouldBe($$"""{"guest":"{{text}}"}""");
    }

    [Fact]
    public void JSON_that_is_no_amount_is_refused_with_what_to_write() =>
        Should
            .Throw<JsonException>(() => JsonSerializer.Deserialize("""{ "guest": "x" }""", ApiJson.Default.Memory))
            .Message.ShouldContain("512Mi");

    private static void Check(Func<long, bool> holds)
    {
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll<long>(holds));
        foreach (var shift in Enumerable.Range(0, 63))
        {
            holds(1L << shift).ShouldBeTrue();
            holds(-(1L << shift)).ShouldBeTrue();
        }

        holds(long.MaxValue).ShouldBeTrue();
    }
}
