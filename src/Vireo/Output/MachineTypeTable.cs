using System.Text.Json.Nodes;
using Vireo.Rules;

namespace Vireo.Output;

/// <summary>How the machine types of virtual machines are shown, one machine a line.</summary>
internal static class MachineTypeTable
{
    private static readonly string[] Headings =
    [
        "Namespace",
        "Name",
        "Recorded",
        "Source",
        "Running",
        "Next boot",
        "Verdict",
        "Why",
    ];

    public static void Print(OutputFormat format, JsonNode document, IEnumerable<MachineTypeAuditRow> rows) =>
        Printer.Print(
            format,
            document,
            Headings,
            rows.Select(row =>
                (IReadOnlyList<string>)
                    [
                        row.Namespace,
                        row.Name,
                        row.Recorded ?? "<none>",
                        row.Source ?? "",
                        row.Running ?? "",
                        row.Pending ?? row.Recorded ?? row.Template ?? "<by default>",
                        row.Verdict.ToString(),
                        row.Text,
                    ]
            )
        );

    /// <summary>The rows for programs.</summary>
    public static JsonArray ToJson(IEnumerable<MachineTypeAuditRow> rows) => new([.. rows.Select(ToJson)]);

    private static JsonNode ToJson(MachineTypeAuditRow row)
    {
        var document = new JsonObject { ["namespace"] = row.Namespace, ["name"] = row.Name };
        (string Name, string? Value)[] fields =
        [
            ("template", row.Template),
            ("recorded", row.Recorded),
            ("source", row.Source),
            ("running", row.Running),
            ("pending", row.Pending),
            ("verdict", row.Verdict.ToString()),
            ("message", row.Text.Length > 0 ? row.Text : null),
        ];
        foreach (var (name, value) in fields.Where(field => field.Value is not null))
        {
            document[name] = value;
        }

        return document;
    }
}
