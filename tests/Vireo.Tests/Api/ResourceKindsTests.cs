using System.Text.RegularExpressions;
using Vireo.Api;
using Vireo.ApiServer.OpenApi;

namespace Vireo.Tests.Api;

public partial class ResourceKindsTests
{
    [Fact]
    public void No_name_means_two_kinds()
    {
        foreach (var group in ResourceKinds.All.GroupBy(kind => kind.Group))
        {
            group.Select(kind => kind.Kind).ShouldBeUnique();
            group.SelectMany(kind => (string[])[kind.Plural, kind.Singular, .. kind.ShortNames]).ShouldBeUnique();
        }

        ResourceKinds.All.SelectMany(kind => kind.ShortNames).ShouldBeUnique();
    }

    [Fact]
    public void Every_kind_in_the_table_is_listed_and_found_by_its_type()
    {
        var properties = typeof(ResourceKinds)
            .GetProperties()
            .Where(property => property.PropertyType.IsAssignableTo(typeof(ResourceKind)))
            .Select(property => (ResourceKind)property.GetValue(null)!)
            .ToList();

        ResourceKinds.All.ShouldBe(properties, ignoreOrder: true);
        ResourceKinds.Of<VirtualMachine>().ShouldBeSameAs(ResourceKinds.VirtualMachines);
    }

    [Fact]
    public void Columns_and_selectable_fields_lead_to_fields_of_the_kind()
    {
        foreach (var kind in ResourceKinds.All)
        {
            foreach (var path in kind.Columns.Select(column => column.JsonPath).Concat(kind.SelectableFields))
            {
                Leads(StructuralSchema.For(kind), path).ShouldBeTrue($"{kind.Kind}: {path}");
            }

            kind.Columns.Select(column => column.Name).ShouldBeUnique();
            kind.Columns.ShouldAllBe(column =>
                column.Type == "string" || column.Type == "integer" || column.Type == "date"
            );
        }
    }

    [Fact]
    public void Only_kinds_with_a_status_have_a_status_subresource()
    {
        foreach (var kind in ResourceKinds.All.Where(kind => kind.HasStatusSubresource))
        {
            StructuralSchema.For(kind).Properties.ContainsKey("status").ShouldBeTrue(kind.Kind);
        }
    }

    private static bool Leads(SchemaNode node, string path)
    {
        foreach (Match step in Step().Matches(path))
        {
            if (step.Groups["name"].Success)
            {
                if (!node.Properties.TryGetValue(step.Groups["name"].Value, out var property))
                {
                    return node.Type == SchemaType.Map && Leads(node.Items!, path[(step.Index + step.Length)..]);
                }

                node = property.Value;
            }
            else
            {
                if (node.Type != SchemaType.Array)
                {
                    return false;
                }

                node = node.Items!;
                if (step.Groups["key"].Success && !node.Properties.ContainsKey(step.Groups["key"].Value))
                {
                    return false;
                }
            }
        }

        return true;
    }

    [GeneratedRegex(@"\.?(?<name>\w+)|\[(\d+|\?\(@\.(?<key>\w+)=='\w+'\))\]")]
    private static partial Regex Step();
}
