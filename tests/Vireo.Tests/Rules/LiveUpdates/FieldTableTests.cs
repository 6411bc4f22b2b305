using System.Text.RegularExpressions;
using Vireo.Rules;
using Vireo.Tests.House;

namespace Vireo.Tests.Rules;

/// <summary>The document says of every field what the planner does with it.</summary>
public sealed partial class FieldTableTests
{
    [Fact]
    public void The_document_has_every_field_as_the_table_has_it()
    {
        var told = Row()
            .Matches(Repository.Read("docs/when-changes-take-effect.md"))
            .Select(match => (Path: match.Groups[1].Value, Effect: match.Groups[2].Value));

        told.ShouldBe(UpdatableFields.Effects.Select(field => (field.Key, Word(field.Value))), ignoreOrder: true);
    }

    private static string Word(FieldEffect effect) =>
        effect switch
        {
            FieldEffect.Live => "live",
            FieldEffect.NextPlacement => "next placement",
            FieldEffect.Recorded => "next boot",
            _ => "restart",
        };

    [GeneratedRegex(
        @"^\| `([a-z][A-Za-z0-9.\[\]]*)` \| (live|restart|next placement|next boot) \|",
        RegexOptions.Multiline
    )]
    private static partial Regex Row();
}
