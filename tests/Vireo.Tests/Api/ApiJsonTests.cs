using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.Tests.Api;

public class ApiJsonTests
{
    public static TheoryData<string> Kinds => [.. ResourceKinds.All.Select(kind => kind.Kind)];

    [Theory, MemberData(nameof(Kinds))]
    public void Every_kind_goes_out_as_it_came_in(string name)
    {
        var kind = ResourceKinds.All.Single(kind => kind.Kind == name);
        var sample = SampleJson.Of(kind);

        var there = JsonSerializer.SerializeToNode(sample.Deserialize(kind.TypeInfo), kind.TypeInfo)!;

        // Only the server reads who owns which field: for others that would be most of an object's memory.
        Forget("managedFields", sample);
        there.ToJsonString().ShouldBe(sample.ToJsonString());
    }

    /// <summary>
    /// An answer comes piece by piece: what is passed over may be longer than what has come, and more comes after it.
    /// </summary>
    [Fact]
    public async Task Who_owns_which_field_is_passed_over_however_long_it_is()
    {
        var owned = new JsonObject();
        for (var field = 0; field < 5000; field++)
        {
            owned.Add($"f:{field}", new JsonObject());
        }

        var json = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["managedFields"] = new JsonArray(new JsonObject { ["manager"] = "a", ["fieldsV1"] = owned }),
                ["name"] = "long",
            },
            ["data"] = new JsonObject { ["more"] = new string('x', 1_000_000) },
        };
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json.ToJsonString()));

        var read = await JsonSerializer.DeserializeAsync(
            stream,
            ApiJson.Default.ConfigMap,
            TestContext.Current.CancellationToken
        );

        read!.Metadata.Name.ShouldBe("long");
        read.Metadata.ManagedFields.ShouldBeNull();
    }

    private static void Forget(string field, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject fields:
                fields.Remove(field);
                fields.ToList().ForEach(each => Forget(field, each.Value));
                break;
            case JsonArray items:
                items.ToList().ForEach(each => Forget(field, each));
                break;
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Every_kind_knows_its_own_name_and_version(string name)
    {
        var kind = ResourceKinds.All.Single(kind => kind.Kind == name);
        var sample = SampleJson.Of(kind);
        sample.Remove("apiVersion");
        sample.Remove("kind");

        var resource = (IResource)sample.Deserialize(kind.TypeInfo)!;

        (resource.ApiVersion, resource.Kind).ShouldBe((kind.ApiVersion, kind.Kind));
    }

    [Fact]
    public void What_is_null_is_not_written() =>
        JsonSerializer
            .Serialize(new ConfigMap(), ApiJson.Default.ConfigMap)
            .ShouldBe("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{}}""");

    [Fact]
    public void A_label_selector_has_the_form_that_Kubernetes_gave_it()
    {
        var selector = new LabelSelector
        {
            MatchLabels = new Dictionary<string, string> { ["app.kubernetes.io/name"] = "x" },
            MatchExpressions =
            [
                new()
                {
                    Key = "tier",
                    Operator = "NotIn",
                    Values = ["a", "b"],
                },
                new() { Key = "gone", Operator = "DoesNotExist" },
            ],
        };

        JsonSerializer
            .Serialize(selector, ApiJson.Default.LabelSelector)
            .ShouldBe(
                """{"matchLabels":{"app.kubernetes.io/name":"x"},"matchExpressions":"""
                    + """[{"key":"tier","operator":"NotIn","values":["a","b"]},"""
                    + """{"key":"gone","operator":"DoesNotExist"}]}"""
            );
    }

    [Fact]
    public void Times_are_written_in_UTC_to_the_second()
    {
        var meta = new ObjectMeta { CreationTimestamp = new(2026, 1, 31, 14, 0, 5, 987, TimeSpan.FromHours(2)) };

        JsonSerializer
            .Serialize(meta, ApiJson.Default.ObjectMeta)
            .ShouldBe("""{"creationTimestamp":"2026-01-31T12:00:05Z"}""");
    }

    [Fact]
    public void Times_of_leases_and_events_are_written_to_the_microsecond()
    {
        var spec = new LeaseSpec { RenewTime = new(2026, 1, 31, 12, 0, 5, 123, 456, TimeSpan.Zero) };

        JsonSerializer
            .Serialize(spec, ApiJson.Default.LeaseSpec)
            .ShouldBe("""{"renewTime":"2026-01-31T12:00:05.123456Z"}""");
    }

    [Fact]
    public void A_time_is_read_with_any_offset()
    {
        var meta = JsonSerializer.Deserialize(
            """{ "creationTimestamp": "2026-01-31T14:00:05+02:00" }""",
            ApiJson.Default.ObjectMeta
        )!;

        meta.CreationTimestamp!.Value.UtcDateTime.ShouldBe(new(2026, 1, 31, 12, 0, 5, DateTimeKind.Utc));
    }

    [Fact]
    public void Free_form_contents_are_kept_to_the_letter()
    {
        var json =
            """{"apiVersion":"apps/v1","kind":"ControllerRevision","metadata":{},"data":{"a":[1,null,{"b":1.50}]},"revision":3}""";

        var revision = JsonSerializer.Deserialize(json, ApiJson.Default.ControllerRevision);

        JsonNode
            .DeepEquals(
                JsonSerializer.SerializeToNode(revision, ApiJson.Default.ControllerRevision),
                JsonNode.Parse(json)
            )
            .ShouldBeTrue();
    }
}
