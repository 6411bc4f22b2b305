using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.OpenApi;

namespace Vireo.SchemaCheck;

/// <summary>Holds our types against KubeVirt's schema: the same names, the same types, nothing invented.</summary>
public class SchemaCheckTests
{
    [Fact]
    public void Every_kind_is_served_where_KubeVirt_serves_it()
    {
        var paths = Swagger.Paths.ToHashSet(StringComparer.Ordinal);
        foreach (var kind in Twins.Kinds.Where(kind => !Twins.Inventions.ContainsKey(kind.TypeInfo.Type)))
        {
            var scope = kind.IsNamespaced ? "/namespaces/{namespace}" : "";
            // The schema calls this one resource by its singular; KubeVirt's CRD and every client say kubevirts.
            var plural = kind.Plural == "kubevirts" ? "kubevirt" : kind.Plural;
            var path = $"{kind.GroupPath}{scope}/{plural}";
            paths.Contains(path).ShouldBeTrue(path);
        }
    }

    [Fact]
    public void Every_type_stands_for_one_of_KubeVirts() =>
        Twins
            .Nodes.Where(node => !Twins.Inventions.ContainsKey(node.Source))
            .SelectMany(node => Twins.Of(node.Source))
            .Where(name => Swagger.Find(name) is null)
            .ShouldBeEmpty();

    [Fact]
    public void Every_field_of_KubeVirt_is_implemented_or_in_the_table_and_none_is_invented()
    {
        var faults = new List<string>();
        foreach (var (node, twin) in Pairs())
        {
            var theirs = Swagger.Properties(twin).Keys.ToHashSet(StringComparer.Ordinal);
            var ours = node.Properties.Keys.Concat(node.Unsupported.Keys).ToHashSet(StringComparer.Ordinal);
            faults.AddRange(theirs.Except(ours).Select(name => $"{twin}.{name} is neither implemented nor refused"));
            faults.AddRange(
                ours.Except(theirs)
                    .Where(name => !Twins.InventedProperties.ContainsKey($"{node.Source.Name}.{name}"))
                    .Select(name => $"{node.Source.Name}.{name} is not in {twin}")
            );
        }

        faults.ShouldBeEmpty();
    }

    [Fact]
    public void The_table_has_rows_only_for_types_that_KubeVirt_has() =>
        UnsupportedFields.Types.Except(Twins.Nodes.Select(node => node.Source)).ShouldBeEmpty();

    [Fact]
    public void Every_field_has_KubeVirts_type()
    {
        var faults = new List<string>();
        foreach (var (node, twin) in Pairs())
        {
            var theirs = Swagger.Properties(twin);
            faults.AddRange(
                node.Properties.Values.Where(property =>
                        theirs.ContainsKey(property.Name) && !Agrees(property.Value, theirs[property.Name])
                    )
                    .Select(property =>
                        $"{twin}.{property.Name} is {theirs[property.Name].ToJsonString()}, ours {property.Value.Type}"
                    )
            );
        }

        faults.ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_is_required_that_KubeVirt_does_not_require()
    {
        var stricter = Pairs()
            .SelectMany(pair =>
                pair.Node.Properties.Values.Where(property => property.IsRequired)
                    .Select(property => property.Name)
                    .Except(Swagger.Required(pair.Twin))
                    .Select(name => $"{pair.Node.Source.Name}.{name}")
            )
            .Distinct();

        stricter.ShouldBe(Twins.Stricter.Keys, ignoreOrder: true);
    }

    [Fact]
    public void No_value_is_allowed_that_KubeVirt_does_not_know()
    {
        foreach (var (node, twin) in Pairs())
        {
            foreach (var property in node.Properties.Values.Where(property => property.Values is not null))
            {
                if (Swagger.Properties(twin).GetValueOrDefault(property.Name)?["enum"] is JsonArray theirs)
                {
                    property.Values!.ShouldBeSubsetOf(theirs.Select(value => value!.GetValue<string>()), property.Name);
                }
            }
        }
    }

    private static IEnumerable<(SchemaNode Node, string Twin)> Pairs() =>
        from node in Twins.Nodes
        where !Twins.Inventions.ContainsKey(node.Source)
        from twin in Twins.Of(node.Source)
        select (node, twin);

    private static bool Agrees(SchemaNode ours, JsonNode theirs)
    {
        var (reference, type) = (Reference(theirs), Type(theirs));
        var format = theirs["format"]?.GetValue<string>();
        return ours.Type switch
        {
            SchemaType.Object => reference is not null && Twins.Of(ours.Source).Contains(reference),
            SchemaType.Array => type == "array" && Agrees(ours.Items!, theirs["items"]!),
            SchemaType.Map => type == "object" && Agrees(ours.Items!, theirs["additionalProperties"]!),
            SchemaType.Integer => type == "integer" && format == ours.Format,
            SchemaType.Boolean => type == "boolean",
            SchemaType.Quantity => reference == "k8s.io.apimachinery.pkg.api.resource.Quantity",
            SchemaType.Time => reference is "k8s.io.apimachinery.pkg.apis.meta.v1.Time" || theirs["type"] is JsonArray,
            SchemaType.Any => reference is "k8s.io.apimachinery.pkg.apis.meta.v1.FieldsV1",
            _ => type == "string",
        };
    }

    private static string? Reference(JsonNode schema) => schema["$ref"]?.GetValue<string>()["#/definitions/".Length..];

    // A type with null beside it is a list; Time alone has that, and is told by it.
    private static string? Type(JsonNode schema) => (schema["type"] as JsonValue)?.GetValue<string>();
}
