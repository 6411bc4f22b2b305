using System.Globalization;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Output;

/// <summary>One machine type that hosts offer.</summary>
/// <param name="Name">The name.</param>
/// <param name="Architecture">Of the guests.</param>
/// <param name="Canonical">What an alias stands for, each host's own where they differ; empty for a versioned name.</param>
/// <param name="Deprecating">The hosts that say that their QEMU will drop it.</param>
/// <param name="MaxCpus">The most vCPUs that every host which offers it allows; null when none says.</param>
/// <param name="Hosts">The hosts that offer it.</param>
/// <param name="IsOnAll">True when all hosts do.</param>
internal sealed record HostMachineTypeRow(
    string Name,
    string Architecture,
    IReadOnlyList<string> Canonical,
    IReadOnlyList<string> Deprecating,
    int? MaxCpus,
    IReadOnlyList<string> Hosts,
    bool IsOnAll
);

/// <summary>How the machine types of hosts are shown.</summary>
internal static class HostMachineTypeTable
{
    private static readonly string[] Headings = ["Machine type", "Means", "Arch", "Deprecated", "Max CPUs", "Hosts"];

    /// <summary>The types that hosts offer, in order: by architecture, family, vendor and version.</summary>
    /// <param name="hosts">The hosts.</param>
    /// <param name="isCommon">True for only those that all offer.</param>
    public static IReadOnlyList<HostMachineTypeRow> Rows(IReadOnlyList<Host> hosts, bool isCommon) =>
        [
            .. hosts
                .SelectMany(host => host.Status?.MachineTypes ?? [])
                .Select(type => type.Architecture)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .SelectMany(architecture => Rows(hosts, architecture, isCommon)),
        ];

    public static void Print(OutputFormat format, IReadOnlyList<HostMachineTypeRow> rows) =>
        Printer.Print(
            format,
            new JsonArray([.. rows.Select(ToJson)]),
            Headings,
            rows.Select(row =>
                (IReadOnlyList<string>)
                    [
                        row.Name,
                        string.Join(" or ", row.Canonical),
                        row.Architecture,
                        Deprecated(row),
                        row.MaxCpus?.ToString(CultureInfo.InvariantCulture) ?? "",
                        row.IsOnAll ? "all" : string.Join(',', row.Hosts),
                    ]
            )
        );

    private static IEnumerable<HostMachineTypeRow> Rows(IReadOnlyList<Host> hosts, string architecture, bool isCommon)
    {
        var offers = MachineTypeOffers.Of(hosts, architecture);
        var byName = hosts
            .SelectMany(host =>
                (host.Status?.MachineTypes ?? []).Select(type => (Host: host.Metadata.Name!, Type: type))
            )
            .Where(offer => offer.Type.Architecture == architecture)
            .ToLookup(offer => offer.Type.Name, StringComparer.Ordinal);
        return (isCommon ? offers.Common : offers.All).Select(name => new HostMachineTypeRow(
            name,
            architecture,
            [
                .. byName[name]
                    .Select(offer => offer.Type.Canonical)
                    .OfType<string>()
                    .Where(canonical => canonical.Length > 0 && canonical != name)
                    .Distinct(StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal),
            ],
            offers.IsDeprecated(name)
                ? [.. byName[name].Where(offer => offer.Type.Deprecated == true).Select(offer => offer.Host)]
                : [],
            byName[name].Min(offer => offer.Type.MaxCpus),
            offers.OfferedBy(name),
            offers.IsOfferedByAll(name)
        ));
    }

    private static string Deprecated(HostMachineTypeRow row) =>
        row.Deprecating.Count == 0 ? ""
        : row.Deprecating.Count >= row.Hosts.Count ? "yes"
        : $"on {string.Join(',', row.Deprecating)}";

    private static JsonNode ToJson(HostMachineTypeRow row)
    {
        var document = new JsonObject { ["name"] = row.Name, ["architecture"] = row.Architecture };
        if (row.Canonical.Count > 0)
        {
            document["canonical"] = Texts(row.Canonical);
        }

        if (row.Deprecating.Count > 0)
        {
            document["deprecated"] = true;
            document["deprecatedOn"] = Texts(row.Deprecating);
        }

        if (row.MaxCpus is { } cpus)
        {
            document["maxCpus"] = cpus;
        }

        document["hosts"] = Texts(row.Hosts);
        document["offeredByAll"] = row.IsOnAll;
        return document;
    }

    private static JsonArray Texts(IReadOnlyList<string> texts) =>
        new([.. texts.Select(text => JsonValue.Create(text))]);
}
