using Microsoft.AspNetCore.Http;
using Vireo.ApiServer.Answers;

namespace Vireo.ApiServer.Printing;

/// <summary>Reads the Accept header: which form the client wants, in its order of preference.</summary>
internal static class Negotiation
{
    /// <summary>The form for an answer that holds objects.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isList">Whether it is a list.</param>
    /// <param name="time">For the ages in tables.</param>
    /// <param name="takesYaml">False for answers that are not written in YAML.</param>
    /// <exception cref="StatusException">NotAcceptable: the client takes nothing that the server can write.</exception>
    public static OutputForm Form(HttpRequest request, bool isList, TimeProvider time, bool takesYaml = true)
    {
        var asked = false;
        foreach (var range in Ranges(request))
        {
            asked = true;
            if (takesYaml && IsYaml(range))
            {
                return YamlForm.Instance;
            }

            if (!IsJson(range.Type))
            {
                continue;
            }

            switch (range.As)
            {
                case null:
                    return WholeForm.Instance;
                case "Table":
                    return new TableForm(Include(request), time);
                case "PartialObjectMetadata" when !isList:
                case "PartialObjectMetadataList" when isList:
                    return new MetadataForm(isList);
            }
        }

        return asked ? throw Refusals.NotAcceptable(takesYaml) : WholeForm.Instance;
    }

    /// <summary>True when the client prefers YAML where an answer has no other form than JSON and YAML.</summary>
    public static bool WantsYaml(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains(Answer.Yaml, StringComparison.OrdinalIgnoreCase)
        && IsYaml(Ranges(request).FirstOrDefault(range => IsYaml(range) || IsJson(range.Type)));

    /// <summary>The <c>as=</c> form of discovery that the client prefers; null for the plain one.</summary>
    public static bool WantsAggregatedDiscovery(HttpRequest request)
    {
        foreach (var range in Ranges(request))
        {
            if (IsJson(range.Type))
            {
                switch (range)
                {
                    case { As: null }:
                        return false;
                    case { As: "APIGroupDiscoveryList", Version: "v2" }:
                        return true;
                }
            }
        }

        return false;
    }

    private static RowObject Include(HttpRequest request) =>
        (string?)request.Query["includeObject"] switch
        {
            null or "" or "Metadata" => RowObject.Metadata,
            "None" => RowObject.None,
            "Object" => RowObject.Object,
            var other => throw Refusals.BadRequest(
                $"unrecognized includeObject value: \"{other}\" (use None, Metadata or Object)"
            ),
        };

    private static bool IsYaml((string Type, string? As, string? Version) range) =>
        range is { Type: Answer.Yaml, As: null };

    private static bool IsJson(string type) => type is "application/json" or "*/*" or "application/*";

    private static IEnumerable<(string Type, string? As, string? Version)> Ranges(HttpRequest request)
    {
        foreach (var range in request.Headers.Accept.SelectMany(value => (value ?? "").Split(',')))
        {
            var parts = range.Split(';', StringSplitOptions.TrimEntries);
            if (parts[0].Length > 0)
            {
                yield return (parts[0].ToLowerInvariant(), Parameter(parts, "as="), Parameter(parts, "v="));
            }
        }
    }

    private static string? Parameter(string[] parts, string name) =>
        parts.FirstOrDefault(part => part.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
}
