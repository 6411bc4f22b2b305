using Vireo.Api;

namespace Vireo.Tests.Rules;

public class MetadataRulesTests
{
    private static readonly ObjectMeta Named = new() { Name = "some.name-1", Namespace = "default" };

    [Theory]
    [InlineData("web-1", true)]
    [InlineData("1web", true)]
    [InlineData("Web", false)]
    [InlineData("web.example", false)]
    [InlineData("-web", false)]
    [InlineData("web-", false)]
    [InlineData("web\n", false)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public void Machines_instances_and_namespaces_are_named_by_a_DNS_label(string name, bool isRight)
    {
        var machine = Samples.Machine();
        var instance = Samples.Instance();
        IResource[] resources =
        [
            machine with
            {
                Metadata = machine.Metadata with { Name = name },
            },
            instance with
            {
                Metadata = instance.Metadata with { Name = name },
            },
            new Namespace { Metadata = new() { Name = name } },
        ];

        foreach (var resource in resources)
        {
            var errors = Samples.Review(resource).Errors;
            errors.Count.ShouldBe(isRight ? 0 : 1);
            errors.ShouldAllBe(error =>
                error.Field == "metadata.name" && error.Message.Contains("must be a DNS label")
            );
        }
    }

    [Theory]
    [InlineData("a.b-c", true)]
    [InlineData("a..b", false)]
    [InlineData("A", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Other_objects_are_named_by_a_DNS_name(string? name, bool isRight)
    {
        var errors = Samples.Review(new ConfigMap { Metadata = new() { Name = name } }).Errors;

        errors.Select(error => error.Field).ShouldBe(isRight ? [] : ["metadata.name"]);
    }

    [Theory]
    [InlineData("app", "web", true)]
    [InlineData("example.com/app", "", true)]
    [InlineData("example.com/", "web", false)]
    [InlineData("Example.com/app", "web", false)]
    [InlineData("a/b/c", "web", false)]
    [InlineData("app", "a b", false)]
    [InlineData("app", "-web", false)]
    public void Labels_have_a_form(string key, string value, bool isRight)
    {
        var metadata = Named with { Labels = new Dictionary<string, string> { [key] = value } };

        Fields(metadata).ShouldBe(isRight ? [] : ["metadata.labels"]);
    }

    [Theory]
    [InlineData("Example.com/App", "a b\n", true)]
    [InlineData("a b", "", false)]
    public void Annotations_have_a_form(string key, string value, bool isRight)
    {
        var metadata = Named with { Annotations = new Dictionary<string, string> { [key] = value } };

        Fields(metadata).ShouldBe(isRight ? [] : ["metadata.annotations"]);
    }

    [Fact]
    public void Annotations_have_a_limit()
    {
        var most = new string('x', (256 * 1024) - 1);

        Fields(Named with { Annotations = new Dictionary<string, string> { ["a"] = most } }).ShouldBeEmpty();
        Fields(Named with { Annotations = new Dictionary<string, string> { ["a"] = most + "x" } })
            .ShouldBe(["metadata.annotations"]);
    }

    [Fact]
    public void Finalizers_and_owners_have_a_form()
    {
        var owner = new OwnerReference
        {
            ApiVersion = "v1",
            Kind = "Node",
            Name = "a",
            Uid = "u",
            Controller = true,
        };

        Fields(Named with { Finalizers = ["kubevirt.io/x", "orphan"], OwnerReferences = [owner] }).ShouldBeEmpty();
        Fields(Named with { Finalizers = ["a b"] }).ShouldBe(["metadata.finalizers"]);
        Fields(Named with { OwnerReferences = [owner, owner with { Uid = "" }] })
            .ShouldBe(["metadata.ownerReferences[1]", "metadata.ownerReferences"]);
    }

    private static IEnumerable<string> Fields(ObjectMeta metadata) =>
        Samples.Review(new ConfigMap { Metadata = metadata }).Errors.Select(error => error.Field);
}
