using System.Text.Json;
using Vireo.Api;

namespace Vireo.Tests.Rules;

public class OtherAdmissionTests
{
    private static readonly ObjectMeta Named = new() { Name = "some.name-1", Namespace = "default" };

    [Fact]
    public void A_secrets_plain_texts_are_moved_into_data()
    {
        var secret = new Secret
        {
            Metadata = Named,
            Data = new Dictionary<string, string> { ["a"] = "YQ==", ["b"] = "Yg==" },
            StringData = new Dictionary<string, string> { ["b"] = "é", ["c"] = "c" },
        };

        var stored = Samples.Review(secret).Object.ShouldBeOfType<Secret>();

        stored.StringData.ShouldBeNull();
        stored.Type.ShouldBe("Opaque");
        stored.Data.ShouldBe(
            new Dictionary<string, string>
            {
                ["a"] = "YQ==",
                ["b"] = "w6k=",
                ["c"] = "Yw==",
            },
            ignoreOrder: true
        );
    }

    [Theory]
    [InlineData("a", "?", "data[a]")]
    [InlineData("a b", "YQ==", "data[a b]")]
    [InlineData("..", "YQ==", "data[..]")]
    [InlineData("a", "YQ==", null)]
    public void A_secrets_data_is_base64_by_file_names(string key, string value, string? field)
    {
        var secret = new Secret
        {
            Metadata = Named,
            Data = new Dictionary<string, string> { [key] = value },
        };

        Samples.Review(secret).Errors.Select(error => error.Field).ShouldBe(field is null ? [] : [field]);
    }

    [Fact]
    public void A_secret_has_a_limit()
    {
        Secret Of(int bytes) =>
            new()
            {
                Metadata = Named,
                Data = new Dictionary<string, string> { ["a"] = new('A', bytes) },
            };

        Samples.Review(Of(1024 * 1024)).Errors.ShouldBeEmpty();
        Samples.Review(Of((1024 * 1024) + 4)).Errors.ShouldHaveSingleItem().Field.ShouldBe("data");
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData("no json", 1)]
    [InlineData("[]", 1)]
    [InlineData("""{ "auths": {} }""", 0)]
    public void A_pull_secret_holds_JSON(string? text, int errors)
    {
        var secret = new Secret
        {
            Metadata = Named,
            Type = "kubernetes.io/dockerconfigjson",
            StringData = text is null ? null : new Dictionary<string, string> { [".dockerconfigjson"] = text },
        };

        Samples.Review(secret).Errors.Count.ShouldBe(errors);
    }

    [Fact]
    public void A_secret_keeps_its_type_and_an_immutable_one_its_contents()
    {
        var old = new Secret
        {
            Metadata = Named,
            Data = Value("YQ=="),
            Type = "Opaque",
        };

        Samples.Review(old with { Data = Value("Yg==") }, old).Errors.ShouldBeEmpty();
        Samples.Review(old with { Type = "other" }, old).Errors.ShouldHaveSingleItem().Field.ShouldBe("type");

        var locked = old with { Immutable = true };
        Samples.Review(locked with { Metadata = Named with { Labels = Value("b") } }, locked).Errors.ShouldBeEmpty();
        Samples.Review(locked with { Data = Value("Yg==") }, locked).Errors.ShouldHaveSingleItem();
        Samples.Review(locked with { Data = null }, locked).Errors.ShouldHaveSingleItem();
        Samples.Review(locked with { Immutable = false }, locked).Errors.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_config_map_holds_each_key_once_and_base64_where_it_says_so()
    {
        var map = new ConfigMap
        {
            Metadata = Named,
            Data = Value("text"),
            BinaryData = Value("YQ=="),
        };

        Samples.Review(map).Errors.ShouldHaveSingleItem().Message.ShouldContain("is in data and in binaryData");
        Samples.Review(map with { Data = null }).Errors.ShouldBeEmpty();
        Samples.Review(map with { Data = null, BinaryData = Value("?") }).Errors.ShouldHaveSingleItem();
        Samples
            .Review(
                map with
                {
                    BinaryData = null,
                    Data = new Dictionary<string, string> { ["/"] = "" },
                }
            )
            .Errors.ShouldHaveSingleItem();
    }

    [Fact]
    public void An_immutable_config_map_keeps_its_contents()
    {
        var locked = new ConfigMap
        {
            Metadata = Named,
            Data = Value("a"),
            Immutable = true,
        };

        Samples.Review(locked, locked).Errors.ShouldBeEmpty();
        Samples.Review(locked with { Data = Value("b") }, locked).Errors.ShouldHaveSingleItem();
        Samples
            .Review(locked with { BinaryData = new Dictionary<string, string> { ["x"] = "YQ==" } }, locked)
            .Errors.ShouldHaveSingleItem();
        Samples.Review(locked with { Immutable = null }, locked).Errors.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_lease_lasts_some_time()
    {
        Samples
            .Review(
                new Lease
                {
                    Metadata = Named,
                    Spec = new() { LeaseDurationSeconds = 0, LeaseTransitions = -1 },
                }
            )
            .Errors.Select(error => error.Field)
            .ShouldBe(["spec.leaseDurationSeconds", "spec.leaseTransitions"]);
        Samples
            .Review(
                new Lease
                {
                    Metadata = Named,
                    Spec = new() { LeaseDurationSeconds = 1, LeaseTransitions = 0 },
                }
            )
            .Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("default", "default", true)]
    [InlineData(null, "default", true)]
    [InlineData("other", "default", false)]
    [InlineData(null, "other", false)]
    public void An_event_lives_where_its_object_lives(string? about, string lives, bool isRight)
    {
        var happening = new Event
        {
            Metadata = Named with { Namespace = lives },
            InvolvedObject = new() { Namespace = about },
        };

        Samples.Review(happening).Errors.Count.ShouldBe(isRight ? 0 : 1);
    }

    [Fact]
    public void A_revision_never_changes()
    {
        var old = new ControllerRevision
        {
            Metadata = Named,
            Revision = 1,
            Data = JsonElement.Parse("""{ "a": 1 }"""),
        };

        Samples.Review(old with { Data = JsonElement.Parse("""{"a":1}""") }, old).Errors.ShouldBeEmpty();
        Samples.Review(old with { Data = JsonElement.Parse("{}") }, old).Errors.ShouldHaveSingleItem();
        Samples.Review(old with { Data = null }, old).Errors.ShouldHaveSingleItem();
        Samples.Review(old with { Revision = -1 }).Errors.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_host_tells_what_can_be_used()
    {
        var host = new Host
        {
            Metadata = new() { Name = "host-1" },
            Status = new()
            {
                MachineTypes =
                [
                    new() { Name = "q35", Architecture = "amd64" },
                    new() { Name = "a b", Architecture = "amd64" },
                ],
                Allocatable = new Dictionary<string, Quantity> { ["memory"] = Quantity.Parse("-1") },
            },
        };

        Samples
            .Review(host)
            .Errors.Select(error => error.Field)
            .ShouldBe(["status.machineTypes[1].name", "status.allocatable[memory]"]);
        Samples.Review(host with { Status = null }).Errors.ShouldBeEmpty();
    }

    [Fact]
    public void What_has_no_rules_of_its_own_is_let_through()
    {
        var node = new Node { Metadata = new() { Name = "host-1" } };

        var result = Samples.Review(node);
        result.Object.ShouldBeSameAs(node);
        result.Errors.ShouldBeEmpty();
        result.Warnings.ShouldBeEmpty();
    }

    private static Dictionary<string, string> Value(string value) => new() { ["k"] = value };
}
