using System.Globalization;
using System.Text.Json.Nodes;
using Vireo.Rules;

namespace Vireo.Output;

/// <summary>How join tokens are shown.</summary>
internal static class TokenTable
{
    private static readonly string[] Headings = ["Token", "State", "For host", "Ends", "Used by", "Description"];

    public static void Print(OutputFormat format, IReadOnlyList<JoinToken> tokens, DateTimeOffset now) =>
        Printer.Print(
            format,
            new JsonArray([.. tokens.Select(token => ToJson(token, now))]),
            Headings,
            tokens.Select(token =>
                (IReadOnlyList<string>)
                    [
                        token.Id,
                        StateOf(token, now),
                        token.Host ?? "any new one",
                        Text(token.Expires),
                        token.UsedBy ?? "",
                        token.Description ?? "",
                    ]
            )
        );

    /// <summary>What can be done with it, in a word.</summary>
    public static string StateOf(JoinToken token, DateTimeOffset now) =>
        token.UsedBy is not null ? "used"
        : token.Expires <= now ? "ended"
        : "usable";

    private static JsonNode ToJson(JoinToken token, DateTimeOffset now)
    {
        var json = new JsonObject
        {
            ["id"] = token.Id,
            ["state"] = StateOf(token, now),
            ["ends"] = Text(token.Expires),
        };
        foreach (
            var (name, value) in new[]
            {
                ("host", token.Host),
                ("usedBy", token.UsedBy),
                ("usedAt", token.UsedAt is { } at ? Text(at) : null),
                ("description", token.Description),
            }
        )
        {
            if (value is not null)
            {
                json[name] = value;
            }
        }

        return json;
    }

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
