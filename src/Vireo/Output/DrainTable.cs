using System.Text.Json.Nodes;
using Vireo.Clusters;
using Vireo.Rules;

namespace Vireo.Output;

/// <summary>How it is shown what becomes of the guests of a host that is drained.</summary>
internal static class DrainTable
{
    private static readonly string[] Headings = ["Namespace", "Name", "Becomes", "Why"];

    public static void Print(OutputFormat format, IReadOnlyList<DrainedGuest> guests, bool stops)
    {
        if (guests is [] && format is OutputFormat.Table)
        {
            Console.Out.WriteLine("No guest is on the host.");
            return;
        }

        Printer.Print(
            format,
            new JsonArray([
                .. guests.Select(guest => new JsonObject
                {
                    ["namespace"] = guest.Instance.Metadata.Namespace,
                    ["name"] = guest.Instance.Metadata.Name,
                    ["answer"] = guest.Answer.ToString(),
                    ["becomes"] = Becomes(guest, stops),
                    ["why"] = guest.Why,
                }),
            ]),
            Headings,
            guests.Select(guest =>
                (IReadOnlyList<string>)
                    [
                        guest.Instance.Metadata.Namespace ?? "",
                        guest.Instance.Metadata.Name ?? "",
                        Becomes(guest, stops),
                        guest.Why,
                    ]
            )
        );
    }

    private static string Becomes(DrainedGuest guest, bool stops) =>
        guest.Answer switch
        {
            EvictionAnswer.Move => "moves",
            EvictionAnswer.External => "left to others",
            EvictionAnswer.MayStop when stops => "stops",
            _ => "stays",
        };
}
