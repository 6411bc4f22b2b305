using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vireo.ApiServer.Applying;

/// <summary>A set of places in an object, as Kubernetes' <c>fieldsV1</c> writes it: a tree of steps.</summary>
/// <remarks>
/// Steps are kept in their written form (<c>f:name</c>, <c>k:{"name":"a"}</c>, <c>v:"a"</c>), so that reading and
/// writing cost little. A set is not changed once it has been handed out.
/// </remarks>
internal sealed class FieldSet
{
    /// <summary>Stands for the place itself beside what is below it.</summary>
    private const string Self = ".";

    private static readonly IReadOnlyDictionary<string, FieldSet> Nothing = new Dictionary<string, FieldSet>();

    private Dictionary<string, FieldSet>? _steps;

    public static FieldSet Empty { get; } = new();

    /// <summary>True when the place where the set stands is itself in it.</summary>
    public bool IsMember { get; set; }

    /// <summary>What is in the set below each step.</summary>
    public IReadOnlyDictionary<string, FieldSet> Steps => _steps ?? Nothing;

    public bool IsEmpty => !IsMember && _steps is null;

    /// <summary>The set below a step; null when nothing is.</summary>
    public FieldSet? Below(string step) => _steps?.GetValueOrDefault(step);

    /// <summary>Puts a set below a step; an empty one is left out.</summary>
    public void Put(string step, FieldSet? below)
    {
        if (below is { IsEmpty: false })
        {
            (_steps ??= new(StringComparer.Ordinal))[step] = below;
        }
    }

    /// <summary>The set without what is below a step.</summary>
    public FieldSet Without(string step)
    {
        if (Below(step) is null)
        {
            return this;
        }

        var rest = new FieldSet { IsMember = IsMember };
        foreach (var (name, below) in Steps)
        {
            rest.Put(name, name == step ? null : below);
        }

        return rest;
    }

    public FieldSet Union(FieldSet other)
    {
        if (IsEmpty || other.IsEmpty)
        {
            return IsEmpty ? other : this;
        }

        var result = new FieldSet { IsMember = IsMember || other.IsMember };
        foreach (var (step, below) in Steps)
        {
            result.Put(step, other.Below(step) is { } both ? below.Union(both) : below);
        }

        foreach (var (step, below) in other.Steps)
        {
            if (Below(step) is null)
            {
                result.Put(step, below);
            }
        }

        return result;
    }

    public FieldSet Intersection(FieldSet other)
    {
        var result = new FieldSet { IsMember = IsMember && other.IsMember };
        foreach (var (step, below) in Steps)
        {
            result.Put(step, other.Below(step) is { } both ? below.Intersection(both) : null);
        }

        return result;
    }

    public FieldSet Difference(FieldSet other)
    {
        if (IsEmpty || other.IsEmpty)
        {
            return this;
        }

        var result = new FieldSet { IsMember = IsMember && !other.IsMember };
        foreach (var (step, below) in Steps)
        {
            result.Put(step, other.Below(step) is { } both ? below.Difference(both) : below);
        }

        return result;
    }

    public bool IsSame(FieldSet other) =>
        IsMember == other.IsMember
        && Steps.Count == other.Steps.Count
        && Steps.All(step => other.Below(step.Key) is { } same && step.Value.IsSame(same));

    /// <summary>
    /// Every place in the set, in order, as Kubernetes' messages write it: <c>.spec.list[name="a"].b</c>.
    /// </summary>
    public IEnumerable<string> Places(string at = "")
    {
        if (IsMember)
        {
            yield return at;
        }

        foreach (var (step, below) in Ordered())
        {
            foreach (var place in below.Places(at + FieldStep.Text(step)))
            {
                yield return place;
            }
        }
    }

    /// <summary>Reads a set; null when it is none.</summary>
    public static FieldSet? Read(JsonNode? fields)
    {
        if (fields is not JsonObject steps)
        {
            return null;
        }

        var result = new FieldSet();
        foreach (var (step, below) in steps)
        {
            if (step == Self)
            {
                result.IsMember = true;
                continue;
            }

            if (!FieldStep.IsStep(step) || Read(below) is not { } inner)
            {
                return null;
            }

            inner.IsMember |= inner._steps is null;
            result.Put(step, inner);
        }

        return result;
    }

    /// <summary>Writes the set as JSON.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        if (IsMember && _steps is not null)
        {
            writer.WriteStartObject(Self);
            writer.WriteEndObject();
        }

        foreach (var (step, below) in Ordered())
        {
            writer.WritePropertyName(step);
            below.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private IEnumerable<KeyValuePair<string, FieldSet>> Ordered() =>
        Steps.Count < 2 ? Steps : Steps.OrderBy(step => step.Key, StringComparer.Ordinal);
}
