using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules.Joining;

public sealed class JoinRulesTests
{
    private const string Word = "abcdefghijklmnopqrstuvwx";

    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly JoinToken Fresh = new("abc123", JoinToken.HashOf(Word), Now.AddHours(1));
    private static readonly JoinAttempt Attempt = new(Word, "host2", "key2", IsKnown: false);

    private static readonly JoinToken Used = Fresh with { UsedBy = "host2", UsedAt = Now, UsedKey = "key2" };

    [Fact]
    public void A_new_host_joins_with_a_token_that_nobody_used() =>
        JoinRules.Refuse(Fresh, Attempt, Now).ShouldBeNull();

    [Fact]
    public void Who_does_not_know_the_secret_is_told_nothing_about_the_token()
    {
        var unknown = JoinRules.Refuse(null, Attempt, Now);
        unknown.ShouldNotBeNull().ShouldContain("not known");
        JoinRules.Refuse(Used, Attempt with { Secret = Word.Replace('a', 'b') }, Now).ShouldBe(unknown);
    }

    [Fact]
    public void A_token_that_ended_is_refused_from_that_moment_on()
    {
        JoinRules.Refuse(Fresh, Attempt, Fresh.Expires.AddSeconds(-1)).ShouldBeNull();
        JoinRules
            .Refuse(Fresh, Attempt, Fresh.Expires)
            .ShouldBe("Join token abc123 ended at 2026-05-01T13:00:00Z. Make another with 'vireo token create'.");
    }

    [Theory]
    [InlineData("host3", "key2")]
    [InlineData("host2", "key3")]
    public void A_token_that_was_used_is_refused_to_all_others(string host, string key) =>
        JoinRules
            .Refuse(Used, Attempt with { Host = host, Key = key }, Now)
            .ShouldNotBeNull()
            .ShouldStartWith("Join token abc123 was used by host \"host2\" at 2026-05-01T12:00:00Z");

    [Fact]
    public void A_host_whose_answer_got_lost_may_ask_again_with_the_same_key_until_the_token_ends()
    {
        JoinRules.Refuse(Used, Attempt with { IsKnown = true }, Now).ShouldBeNull();
        JoinRules.Refuse(Used, Attempt with { IsKnown = true }, Used.Expires).ShouldNotBeNull();
    }

    [Fact]
    public void A_name_that_a_host_has_is_given_only_by_a_token_for_that_host()
    {
        var again = Attempt with { IsKnown = true };
        JoinRules.Refuse(Fresh, again, Now).ShouldNotBeNull().ShouldContain("vireo token create --host host2");
        JoinRules.Refuse(Fresh with { Host = "host2" }, again, Now).ShouldBeNull();
    }

    [Fact]
    public void A_token_for_one_host_is_refused_to_another() =>
        JoinRules
            .Refuse(Fresh with { Host = "host9" }, Attempt, Now)
            .ShouldNotBeNull()
            .ShouldContain("is for host \"host9\", and this one is \"host2\"");

    [Theory]
    [InlineData("host2", true)]
    [InlineData("rack-3.example.com", true)]
    [InlineData("123456789012345678901234567890123456789012345678901234567890123", true)]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234", false)]
    [InlineData("Host2", false)]
    [InlineData("host_2", false)]
    [InlineData("-host", false)]
    [InlineData("host.", false)]
    [InlineData("*", false)]
    [InlineData("a/b", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_host_is_named_as_its_objects_and_certificates_can_be(string? name, bool fits) =>
        (JoinRules.CheckHost(name) is null).ShouldBe(fits);

    [Fact]
    public void A_secret_keeps_a_token_and_not_what_makes_it_work()
    {
        var token = Used with { Host = "host2", Description = "rack 3" };
        var secret = token.ToSecret();
        JoinToken.Of(secret).ShouldBe(token);
        System.Text.Json.JsonSerializer.Serialize(secret, ApiJson.Default.Secret).ShouldNotContain(Word);
    }

    [Fact]
    public void Other_secrets_are_no_tokens()
    {
        JoinToken.Of(Fresh.ToSecret() with { Type = "Opaque" }).ShouldBeNull();
        JoinToken.Of(Fresh.ToSecret(new() { Name = "abc123" })).ShouldBeNull();
        JoinToken.Of(Fresh.ToSecret() with { Data = new Dictionary<string, string> { ["hash"] = "?" } }).ShouldBeNull();
    }

    [Theory]
    [InlineData($"abc123.{Word}", null)]
    [InlineData(
        $" abc123.{Word}.0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef\n",
        "0123456789abcdef"
    )]
    public void A_token_is_read_with_the_hash_of_the_CA_or_without(string text, string? hash)
    {
        var token = JoinTokenText.Parse(text).ShouldNotBeNull();
        token.Short.ShouldBe($"abc123.{Word}");
        token.Authority?[..16].ShouldBe(hash);
        JoinTokenText.Parse(token.ToString()).ShouldBe(token);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("abc123")]
    [InlineData($"abc123.{Word}x")]
    [InlineData($"ABC123.{Word}")]
    [InlineData($"abc123.{Word}.0123")]
    [InlineData($"abc12/.{Word}")]
    public void What_is_no_token_is_not_read_as_one(string? text) => JoinTokenText.Parse(text).ShouldBeNull();
}
