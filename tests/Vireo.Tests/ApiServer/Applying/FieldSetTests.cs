using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.Applying;
using Vireo.ApiServer.OpenApi;

namespace Vireo.Tests.ApiServer.Applying;

public sealed class FieldSetTests
{
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Theory]
    [InlineData("""{"f:data":{".":{},"f:a":{},"f:b":{}}}""")]
    [InlineData("""{"f:metadata":{"f:finalizers":{"v:\"x/y\"":{}},"f:ownerReferences":{"k:{\"uid\":\"1\"}":{}}}}""")]
    [InlineData("""{"f:status":{"f:conditions":{"k:{\"type\":\"A\"}":{".":{},"f:status":{}}}}}""")]
    [InlineData("{}")]
    public void A_set_is_written_as_it_was_read(string json)
    {
        var set = FieldSet.Read(JsonNode.Parse(json)).ShouldNotBeNull();
        Text(set).ShouldBe(json);
    }

    [Theory]
    [InlineData("""{"data":{}}""")]
    [InlineData("""{"f:data":1}""")]
    [InlineData("[]")]
    public void What_is_no_set_is_not_read_as_one(string json) => FieldSet.Read(JsonNode.Parse(json)).ShouldBeNull();

    [Fact]
    public void Places_read_as_kubernetes_writes_them()
    {
        var set = FieldSet.Read(
            JsonNode.Parse(
                """
                {"f:metadata":{"f:finalizers":{"v:\"x\"":{}}},
                 "f:status":{".":{},"f:conditions":{"k:{\"type\":\"A\"}":{".":{},"f:status":{}}}}}
                """
            )
        )!;
        set.Places()
            .ShouldBe([
                ".metadata.finalizers[=\"x\"]",
                ".status",
                ".status.conditions[type=\"A\"]",
                ".status.conditions[type=\"A\"].status",
            ]);
    }

    [Fact]
    public void An_applied_object_claims_its_leaves_its_entries_and_its_empty_maps()
    {
        var machine = JsonNode.Parse(
            """
            {"apiVersion":"kubevirt.io/v1","kind":"VirtualMachine",
             "metadata":{"name":"a","labels":{"x":"1"},"finalizers":["k/f"],
                         "ownerReferences":[{"apiVersion":"v1","kind":"K","name":"n","uid":"u"}]},
             "spec":{"template":{"spec":{"domain":{"devices":{},"memory":{"guest":"64Mi"}},"volumes":[{"name":"v"}]}}}}
            """
        )!;
        FieldSets
            .Claimed(machine.AsObject(), StructuralSchema.For(ResourceKinds.VirtualMachines))
            .Places()
            .ShouldBe([
                ".metadata.finalizers[=\"k/f\"]",
                ".metadata.labels.x",
                ".metadata.ownerReferences[uid=\"u\"]",
                ".spec.template.spec.domain.devices",
                ".spec.template.spec.domain.memory.guest",
                ".spec.template.spec.volumes",
            ]);
    }

    [Fact]
    public void A_comparison_names_what_is_new_what_differs_and_what_is_gone()
    {
        var old = JsonNode.Parse("""{"data":{"a":"1","b":"2","c":"3"}}""")!.AsObject();
        var now = JsonNode.Parse("""{"metadata":{"name":"n","labels":{"x":"y"}},"data":{"a":"1","b":"x"}}""")!;
        var (changed, removed) = FieldSets.Compare(old, now.AsObject(), StructuralSchema.For(ResourceKinds.ConfigMaps));
        changed.Places().ShouldBe([".data.b", ".metadata.labels", ".metadata.labels.x"]);
        removed.Places().ShouldBe([".data.c"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Sets_obey_the_laws_of_sets(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 500; i++)
        {
            var (a, b, c) = (Any(random, 3), Any(random, 3), Any(random, 3));
            a.Union(b).IsSame(b.Union(a)).ShouldBeTrue();
            a.Union(b).Union(c).IsSame(a.Union(b.Union(c))).ShouldBeTrue();
            a.Intersection(b).IsSame(b.Intersection(a)).ShouldBeTrue();
            a.Intersection(b).Union(a.Difference(b)).IsSame(a).ShouldBeTrue();
            a.Difference(b).Intersection(b).IsEmpty.ShouldBeTrue();
            a.Difference(b.Union(c)).IsSame(a.Difference(b).Difference(c)).ShouldBeTrue();
            FieldSet.Read(JsonNode.Parse(Text(a)))!.IsSame(a).ShouldBeTrue(Text(a));
        }
    }

    private static string Text(FieldSet set)
    {
        var written = new ManagedFields([new(new FieldOwner("m", IsApply: true, "v1", ""), set, null)]).Written();
        return JsonNode.Parse(written.Span)![0]!["fieldsV1"]!.ToJsonString(Plain);
    }

    private static FieldSet Any(Random random, int depth)
    {
        var set = new FieldSet();
        foreach (var step in new[] { "f:a", "f:b", "k:{\"n\":\"c\"}", "v:1" })
        {
            if (random.Next(2) == 0)
            {
                var below = depth > 1 && random.Next(2) == 0 ? Any(random, depth - 1) : new FieldSet();
                below.IsMember |= below.IsEmpty || random.Next(2) == 0;
                set.Put(step, below);
            }
        }

        return set;
    }
}
