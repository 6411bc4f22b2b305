using System.Text.Json;
using Vireo.Api;
using Vireo.ApiServer.Printing;

namespace Vireo.Tests.ApiServer.Printing;

public sealed class JsonPathTests
{
    private const string Text = """
        {"status":{"phase":"Running","interfaces":[{"ipAddress":"10.0.2.2"}],
         "conditions":[{"type":"Paused","status":"False"},{"type":"Ready","status":"True"}]},"n":5}
        """;

    [Theory]
    [InlineData(".status.phase", "Running")]
    [InlineData(".n", "5")]
    [InlineData(".status.interfaces[0].ipAddress", "10.0.2.2")]
    [InlineData(".status.interfaces[1].ipAddress", null)]
    [InlineData(".status.conditions[?(@.type=='Ready')].status", "True")]
    [InlineData(".status.conditions[?(@.type=='Other')].status", null)]
    [InlineData(".status.none.deeper", null)]
    [InlineData(".status.phase.deeper", null)]
    [InlineData(".n[0]", null)]
    public void A_path_finds_the_first_value(string path, string? expected)
    {
        using var document = JsonDocument.Parse(Text);
        JsonPath.Parse(path).First(document.RootElement)?.ToString().ShouldBe(expected);
    }

    [Fact]
    public void Every_column_of_every_kind_can_be_read()
    {
        foreach (var column in ResourceKinds.All.SelectMany(kind => kind.Columns))
        {
            Should.NotThrow(() => JsonPath.Parse(column.JsonPath), column.JsonPath);
        }
    }

    [Theory]
    [InlineData("status")]
    [InlineData(".a[*]")]
    [InlineData(".a[?(@.b>1)]")]
    [InlineData(".a[0")]
    public void What_columns_do_not_use_is_no_path(string path) =>
        Should.Throw<FormatException>(() => JsonPath.Parse(path));
}
