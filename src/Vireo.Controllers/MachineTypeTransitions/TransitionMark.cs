using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>
/// What a transition leaves on a virtual machine that it changed, in an annotation: who, from what and to what. It is
/// written in the same patch as the change, so that no machine is changed twice whatever is killed, and what a rollback
/// reads.
/// </summary>
internal sealed record TransitionMark
{
    /// <summary>Which transition.</summary>
    public required string Uid { get; init; }

    /// <summary>Its name: rollbackOf names it.</summary>
    public required string Name { get; init; }

    /// <summary>What the template named before; null for nothing.</summary>
    public string? Template { get; init; }

    /// <summary>The type in effect before.</summary>
    public string? From { get; init; }

    /// <summary>The new type.</summary>
    public required string To { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The uid of the instance that ran then; null when none did. Only this one is ever restarted.</summary>
    public string? Instance { get; init; }

    /// <summary>
    /// The run strategy to set again once the instance has ended, for machines whose strategy allows no restart; null
    /// when there is nothing to set.
    /// </summary>
    public string? Resume { get; init; }

    /// <summary>The mark on a machine; null when there is none that can be read.</summary>
    public static TransitionMark? Of(VirtualMachine machine)
    {
        if (machine.Metadata.Annotations?.GetValueOrDefault(KubeVirtNames.TransitionAnnotation) is not { } text)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(text) is JsonObject fields ? Read(fields) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // Somebody else wrote it.
            return null;
        }
    }

    /// <summary>The annotation's text.</summary>
    public override string ToString()
    {
        var fields = new JsonObject { ["uid"] = Uid, ["name"] = Name };
        Add("template", Template);
        Add("from", From);
        fields["to"] = To;
        fields["at"] = At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        Add("instance", Instance);
        Add("resume", Resume);
        return fields.ToJsonString();

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                fields[name] = value;
            }
        }
    }

    private static TransitionMark? Read(JsonObject fields) =>
        ((string?)fields["uid"], (string?)fields["name"], (string?)fields["to"]) is ({ } uid, { } name, { } to)
            ? new()
            {
                Uid = uid,
                Name = name,
                To = to,
                Template = (string?)fields["template"],
                From = (string?)fields["from"],
                At = DateTimeOffset.TryParse(
                    (string?)fields["at"],
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal,
                    out var at
                )
                    ? at
                    : default,
                Instance = (string?)fields["instance"],
                Resume = (string?)fields["resume"],
            }
            : null;
}
