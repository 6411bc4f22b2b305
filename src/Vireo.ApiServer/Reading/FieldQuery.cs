using System.Text;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Reading;

/// <summary>One part of a field selector: a field must, or must not, have a value.</summary>
internal sealed record FieldRequirement(string Field, bool IsEqual, string Value)
{
    public bool Matches(StoredObject stored) => Read(stored) == Value == IsEqual;

    private string Read(StoredObject stored) =>
        Field switch
        {
            "metadata.name" => stored.Name,
            "metadata.namespace" => stored.Namespace ?? "",
            "source" => StoredFields.Text(stored.Json.Span, "source", "component") ?? "",
            "spec.unschedulable" => StoredFields.Text(stored.Json.Span, "spec", "unschedulable") ?? "false",
            _ => StoredFields.Text(stored.Json.Span, Field.Split('.')) ?? "",
        };
}

/// <summary>The <c>fieldSelector</c> of a request: all requirements must hold.</summary>
internal sealed record FieldQuery(IReadOnlyList<FieldRequirement> Requirements)
{
    public bool Matches(StoredObject stored) => Requirements.All(requirement => requirement.Matches(stored));

    /// <summary>The one name that can match, when the selector says so.</summary>
    public string? OnlyName =>
        Requirements.FirstOrDefault(requirement => requirement is { Field: "metadata.name", IsEqual: true })?.Value;

    /// <summary>What a request for several selects by fields; null for no selector.</summary>
    /// <remarks>Who may ask is judged by this, and so is what they get: the two must never read differently.</remarks>
    /// <exception cref="StatusException">BadRequest: no field selector, or a field the kind lacks.</exception>
    public static FieldQuery? Of(ApiRequest request) =>
        request.Query("fieldSelector") is { } text ? Parse(request.Kind, text) : null;

    /// <summary>True when only what has this value in this field can match.</summary>
    public bool Requires(string field, string value) => Requirements.Contains(new(field, IsEqual: true, value));

    /// <summary>Reads <c>metadata.name=a,status.phase!=Running</c>.</summary>
    /// <exception cref="StatusException">BadRequest: no field selector, or a field the kind lacks.</exception>
    public static FieldQuery Parse(ResourceKind kind, string text)
    {
        var requirements = new List<FieldRequirement>();
        foreach (var part in Split(text))
        {
            if (part.Length == 0)
            {
                continue;
            }

            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
            {
                throw Refusals.BadRequest($"invalid field selector \"{part}\": write field=value or field!=value");
            }

            var isEqual = part[at - 1] != '!';
            var field = part[..(isEqual ? at : at - 1)].Trim();
            var value = part[(part.AsSpan(at).StartsWith("==") ? at + 2 : at + 1)..];
            if (field is not ("metadata.name" or "metadata.namespace") && !kind.SelectableFields.Contains(field))
            {
                var offered = string.Join(", ", ["metadata.name", "metadata.namespace", .. kind.SelectableFields]);
                throw Refusals.BadRequest($"field label not supported: {field} (supported: {offered})");
            }

            requirements.Add(new(field, isEqual, Unescape(value)));
        }

        return new(requirements);
    }

    /// <summary>Splits at commas that no backslash stands before.</summary>
    private static IEnumerable<string> Split(string text)
    {
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == ',')
            {
                yield return text[start..i];
                start = i + 1;
            }
        }

        yield return text[start..];
    }

    private static string Unescape(string value)
    {
        if (!value.Contains('\\', StringComparison.Ordinal))
        {
            return value;
        }

        var plain = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            plain.Append(value[i] == '\\' && i + 1 < value.Length ? value[++i] : value[i]);
        }

        return plain.ToString();
    }
}
