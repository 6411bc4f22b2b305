using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Vireo.Api;
using Vireo.ApiServer.OpenApi;
using Vireo.Rules;
using Vireo.Tests.Rules;

namespace Vireo.Tests.Api;

/// <summary>What the schema says of defaults is what its comments say, and what the rules do.</summary>
public sealed partial class DefaultsTests
{
    private static readonly DocComments Comments = DocComments.Load();

    [Fact]
    public void A_default_is_also_told_in_words_and_the_other_way_round()
    {
        var wrong = new List<string>();
        foreach (var (node, property) in Fields())
        {
            var words = Phrase().Match(Comments.Of(node.Source, property) ?? "");
            var told = words.Success ? words.Groups["value"].Value : null;
            if (property.Default is { } value)
            {
                var said = value is true ? "On" : Convert.ToString(value, CultureInfo.InvariantCulture)!;
                var isSame = told == said || (value is true && told == "True");
                if (!isSame && node.Source != typeof(VirtualMachineStatus))
                {
                    wrong.Add($"{node.Source.Name}.{property.Name}: the default is {said}, the comment says {told}");
                }
            }
            else if (told is not null && (property.Values?.Contains(told) == true || long.TryParse(told, out _)))
            {
                wrong.Add($"{node.Source.Name}.{property.Name}: the comment says {told}, and there is no DefaultValue");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void What_the_rules_fill_in_is_what_the_schema_says()
    {
        var spec = Samples.InstanceSpec(
            ("domain.devices.watchdog", """{"name":"w","i6300esb":{}}"""),
            ("domain.devices.inputs", """[{"name":"i","type":"tablet"}]"""),
            ("domain.devices.autoattachPodInterface", "false")
        );
        var filled = InstanceDefaults.Fill(spec, new(), identity: null);

        var checkedFields = new List<string>();
        Compare(
            StructuralSchema.For(typeof(VirtualMachineInstanceSpec)),
            JsonSerializer.SerializeToNode(filled, ApiJson.Default.VirtualMachineInstanceSpec)!,
            JsonSerializer.SerializeToNode(spec, ApiJson.Default.VirtualMachineInstanceSpec),
            checkedFields
        );
        checkedFields.ShouldBe(["action", "bus"], ignoreOrder: true);
    }

    /// <summary>Every field that was filled in and has a default in the schema has that.</summary>
    private static void Compare(SchemaNode node, JsonNode filled, JsonNode? given, List<string> compared)
    {
        if (filled is JsonArray list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                Compare(node.Items!, list[i]!, (given as JsonArray)?.ElementAtOrDefault(i), compared);
            }
        }

        foreach (var (name, property) in node.Properties)
        {
            if (filled is not JsonObject branch || branch[name] is not { } value)
            {
                continue;
            }

            var before = (given as JsonObject)?[name];
            if (before is null && property.Default is { } known)
            {
                value.ToString().ShouldBe(Convert.ToString(known, CultureInfo.InvariantCulture), name);
                compared.Add(name);
            }

            Compare(property.Value, value, before, compared);
        }
    }

    private static IEnumerable<(SchemaNode Node, SchemaProperty Property)> Fields() =>
        ResourceKinds
            .All.SelectMany(kind => DefinitionNames.Objects(StructuralSchema.For(kind)))
            .DistinctBy(node => node.Source)
            .SelectMany(node => node.Properties.Values.Select(property => (node, property)));

    [GeneratedRegex(@"(?<value>[\w./-]+) when empty( or 0)?[.;]", RegexOptions.ExplicitCapture)]
    private static partial Regex Phrase();
}
