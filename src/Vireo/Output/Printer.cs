using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Runtime;

namespace Vireo.Output;

/// <summary>Prints what a command found in the format that was asked for.</summary>
internal static class Printer
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Prints what has no columns: YAML unless JSON is asked for.</summary>
    public static void Print(OutputFormat format, JsonNode document) =>
        Print(format == OutputFormat.Table ? OutputFormat.Yaml : format, document, [], []);

    /// <summary>Prints objects so that kubectl can make them: YAML unless JSON is asked for.</summary>
    public static void PrintManifests(OutputFormat format, IReadOnlyList<JsonObject> documents)
    {
        if (format == OutputFormat.Json)
        {
            var list = new JsonArray([.. documents.Select(document => document.DeepClone())]);
            Print(
                format,
                new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "List",
                    ["items"] = list,
                }
            );
            return;
        }

        Console.Out.Write(string.Join("---\n", documents.Select(document => Yaml.FromJson(document))));
    }

    /// <param name="format">What was asked for.</param>
    /// <param name="document">All that is known, for programs.</param>
    /// <param name="headings">The columns of the table.</param>
    /// <param name="rows">The cells of the table, or of a row for a spreadsheet.</param>
    public static void Print(
        OutputFormat format,
        JsonNode document,
        IReadOnlyList<string> headings,
        IEnumerable<IReadOnlyList<string>> rows
    )
    {
        switch (format)
        {
            case OutputFormat.Json:
                Console.Out.WriteLine(ToJson(document));
                break;
            case OutputFormat.Yaml:
                Console.Out.Write(Yaml.FromJson(document));
                break;
            case OutputFormat.Csv:
                Csv.Write(Console.Out, headings, rows);
                break;
            default:
                Table.Write(Console.Out, headings, rows);
                break;
        }
    }

    private static string ToJson(JsonNode document)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            document.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
