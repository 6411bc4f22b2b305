using Vireo.Api;
using Vireo.Controllers.GarbageCollection;

namespace Vireo.Tests.Controllers.GarbageCollection;

public sealed class OwnerGraphTests
{
    private readonly OwnerGraph _graph = new();

    [Fact]
    public void A_dependent_may_be_seen_before_its_owner()
    {
        Add("child", "parent");
        Add("parent");

        _graph.DependentsOf("parent").ShouldHaveSingleItem().Metadata.Uid.ShouldBe("child");
    }

    [Fact]
    public void When_an_owner_goes_its_dependents_are_looked_at_again()
    {
        Add("parent");
        Add("child", "parent");

        Remove("parent").ShouldContain("child");
        _graph.Find("parent").ShouldBeNull();
    }

    [Fact]
    public void When_a_dependent_goes_its_owner_is_looked_at_again()
    {
        Add("parent");
        Add("child", "parent");

        Remove("child", "parent").ShouldContain("parent");
        _graph.DependentsOf("parent").ShouldBeEmpty();
    }

    [Fact]
    public void An_object_that_changed_hands_belongs_to_the_new_owner_only()
    {
        Add("child", "first");

        _ = _graph.Observe(null!, Meta("child", "first"), Meta("child", "second")).ToList();

        _graph.DependentsOf("first").ShouldBeEmpty();
        _graph.DependentsOf("second").ShouldHaveSingleItem();
    }

    private void Add(string uid, params string[] owners) => _ = _graph.Observe(null!, null, Meta(uid, owners)).ToList();

    private List<string> Remove(string uid, params string[] owners) =>
        [.. _graph.Observe(null!, Meta(uid, owners), null)];

    private static ObjectMeta Meta(string uid, params string[] owners) =>
        new()
        {
            Name = uid,
            Uid = uid,
            OwnerReferences =
            [
                .. owners.Select(owner => new OwnerReference
                {
                    ApiVersion = "v1",
                    Kind = "ConfigMap",
                    Name = owner,
                    Uid = owner,
                }),
            ],
        };
}
