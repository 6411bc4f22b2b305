using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Reading;

namespace Vireo.Tests.ApiServer.Reading;

public sealed class LabelQueryTests
{
    private static readonly Dictionary<string, string> Labels = new()
    {
        ["app"] = "web",
        ["tier"] = "front",
        ["example.com/size"] = "12",
        ["empty"] = "",
    };

    [Theory]
    [InlineData("app=web")]
    [InlineData("app==web")]
    [InlineData(" app = web , tier = front ")]
    [InlineData("app!=db")]
    [InlineData("missing!=x")]
    [InlineData("app")]
    [InlineData("!missing")]
    [InlineData("! missing")]
    [InlineData("app in (db,web)")]
    [InlineData("app in ( web )")]
    [InlineData("app notin (db)")]
    [InlineData("missing notin (db)")]
    [InlineData("example.com/size>11")]
    [InlineData("example.com/size < 13")]
    [InlineData("empty=")]
    [InlineData("empty in (,x)")]
    [InlineData("")]
    public void A_selector_that_fits_matches(string selector) =>
        LabelQuery.Parse(selector).Matches(Labels).ShouldBeTrue();

    [Theory]
    [InlineData("app=db")]
    [InlineData("app!=web")]
    [InlineData("missing=")]
    [InlineData("missing")]
    [InlineData("!app")]
    [InlineData("app in (db)")]
    [InlineData("missing in (db)")]
    [InlineData("app notin (db,web)")]
    [InlineData("example.com/size>12")]
    [InlineData("app>1")]
    [InlineData("app=web,tier=back")]
    public void A_selector_that_does_not_fit_does_not_match(string selector) =>
        LabelQuery.Parse(selector).Matches(Labels).ShouldBeFalse();

    [Theory]
    [InlineData("app in web", "expected '('")]
    [InlineData("app in (web", "expected ')'")]
    [InlineData("app,", "expected a requirement")]
    [InlineData(",app", "expected a label key")]
    [InlineData("app=web tier=front", "expected ','")]
    [InlineData("app is web", "expected one of")]
    [InlineData("app!web", "expected '='")]
    [InlineData("app>big", "expected a whole number")]
    [InlineData("-app=web", "expected a label key")]
    [InlineData("a/b/c=web", "expected a label key")]
    [InlineData("app=web/front", "expected a label value")]
    public void What_is_wrong_with_a_selector_is_said(string selector, string expected)
    {
        var refusal = Should.Throw<StatusException>(() => LabelQuery.Parse(selector));
        refusal.Status.Code.ShouldBe(400);
        refusal.Message.ShouldContain(expected);
    }
}
