using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.Applying;
using Vireo.ApiServer.OpenApi;

namespace Vireo.Tests.ApiServer.Applying;

/// <summary>Managers that apply to one object, without a server.</summary>
public sealed class ServerSideApplyTests
{
    private readonly JsonObject _live = Parse("""{"metadata":{"name":"n"}}""");
    private ResourceKind _kind = ResourceKinds.Nodes;
    private ManagedFields _managed = ManagedFields.None;

    [Fact]
    public void What_a_manager_no_longer_applies_goes()
    {
        Apply("a", """{"metadata":{"labels":{"x":"1","y":"2"}},"spec":{"unschedulable":true}}""");
        Apply("a", """{"metadata":{"labels":{"x":"1"}}}""");
        Shows("""{"metadata":{"name":"n","labels":{"x":"1"}}}""");
    }

    [Fact]
    public void What_another_manager_applies_too_stays()
    {
        Apply("a", """{"metadata":{"labels":{"x":"1","y":"2"}}}""");
        Apply("b", """{"metadata":{"labels":{"y":"2"}}}""");
        Apply("a", """{"metadata":{}}""");
        Shows("""{"metadata":{"name":"n","labels":{"y":"2"}}}""");
        _managed.Owners.ShouldHaveSingleItem().Manager.Name.ShouldBe("b");
    }

    [Fact]
    public void What_nobody_applied_is_left_alone()
    {
        Update(
            "u",
            """{"metadata":{"name":"n","labels":{"mine":"1"}},"spec":{"taints":[{"key":"k","effect":"NoSchedule"}]}}"""
        );
        Apply("a", """{"metadata":{"labels":{"x":"1"}}}""");
        Apply("a", "{}");
        Shows(
            """{"metadata":{"name":"n","labels":{"mine":"1"}},"spec":{"taints":[{"key":"k","effect":"NoSchedule"}]}}"""
        );
    }

    [Fact]
    public void Another_value_for_what_others_own_is_a_conflict_until_it_is_forced()
    {
        Apply("a", """{"metadata":{"labels":{"x":"1"}},"spec":{"unschedulable":true}}""");
        var conflict = Should.Throw<ApplyConflictException>(() =>
            Apply("b", """{"metadata":{"labels":{"x":"2"}},"spec":{"unschedulable":true}}""")
        );
        var owned = conflict.Conflicts.ShouldHaveSingleItem();
        owned.Manager.Name.ShouldBe("a");
        owned.Fields.Places().ShouldBe([".metadata.labels.x"]);

        Apply("b", """{"metadata":{"labels":{"x":"2"}},"spec":{"unschedulable":true}}""", force: true);
        Of("a").ShouldBe([".spec.unschedulable"]);
        Of("b").ShouldBe([".metadata.labels.x", ".spec.unschedulable"]);
    }

    [Fact]
    public void Entries_of_a_list_belong_to_those_who_apply_them()
    {
        Apply("a", """{"status":{"conditions":[{"type":"A","status":"True"},{"type":"B","status":"True"}]}}""");
        Apply("b", """{"status":{"conditions":[{"type":"C","status":"True"},{"type":"B","status":"True"}]}}""");
        Apply("a", """{"status":{"conditions":[{"type":"A","status":"False"}]}}""");
        Shows(
            """
            {"metadata":{"name":"n"},"status":{"conditions":[
              {"type":"A","status":"False"},{"type":"C","status":"True"},{"type":"B","status":"True"}]}}
            """
        );
        Of("b")
            .ShouldBe([
                ".status.conditions[type=\"B\"]",
                ".status.conditions[type=\"B\"].status",
                ".status.conditions[type=\"B\"].type",
                ".status.conditions[type=\"C\"]",
                ".status.conditions[type=\"C\"].status",
                ".status.conditions[type=\"C\"].type",
            ]);
    }

    [Fact]
    public void Finalizers_are_a_set()
    {
        Apply("a", """{"metadata":{"finalizers":["k/a","k/both"]}}""");
        Apply("b", """{"metadata":{"finalizers":["k/b","k/both"]}}""");
        Apply("a", """{"metadata":{}}""");
        Shows("""{"metadata":{"name":"n","finalizers":["k/b","k/both"]}}""");
    }

    [Fact]
    public void A_list_without_keys_is_applied_whole()
    {
        _kind = ResourceKinds.VirtualMachines;
        Apply(
            "a",
            """{"spec":{"template":{"spec":{"domain":{"devices":{}},"volumes":[{"name":"x"},{"name":"y"}]}}}}"""
        );
        Apply("a", """{"spec":{"template":{"spec":{"domain":{"devices":{}},"volumes":[{"name":"z"}]}}}}""");
        Shows(
            """
            {"metadata":{"name":"n"},
             "spec":{"template":{"spec":{"domain":{"devices":{}},"volumes":[{"name":"z"}]}}}}
            """
        );
        Should.Throw<ApplyConflictException>(() =>
            Apply("b", """{"spec":{"template":{"spec":{"volumes":[{"name":"z"},{"name":"b"}]}}}}""")
        );
    }

    [Fact]
    public void An_update_takes_what_it_changes_and_only_that()
    {
        Apply("a", """{"metadata":{"labels":{"x":"1","y":"2"}}}""");
        Update("u", """{"metadata":{"name":"n","labels":{"x":"9","y":"2"}}}""");
        Of("a").ShouldBe([".metadata.labels.y"]);
        Of("u").ShouldBe([".metadata.labels.x"]);
    }

    [Fact]
    public void What_was_there_before_anybody_applied_is_owned_by_nobody_in_particular()
    {
        _live["metadata"]!["labels"] = new JsonObject { ["old"] = "1" };
        var conflict = Should.Throw<ApplyConflictException>(() =>
            Apply("a", """{"metadata":{"labels":{"old":"2"}}}""")
        );
        conflict.Conflicts.ShouldHaveSingleItem().Manager.Name.ShouldBe("before-first-apply");
    }

    [Fact]
    public void Of_too_many_managers_that_update_the_oldest_become_one()
    {
        Apply("a", """{"metadata":{"labels":{"x":"1"}}}""");
        for (var i = 0; i < 30; i++)
        {
            var next = _live.DeepClone().AsObject();
            next["metadata"]!["labels"]![$"l{i:00}"] = "1";
            Update($"u{i:00}", next.ToJsonString(), $"2026-01-01T00:00:{i:00}Z");
        }

        _managed.Owners.Count(owned => !owned.Manager.IsApply).ShouldBe(ManagedFields.MostUpdaters);
        Of("ancient-changes").ShouldContain(".metadata.labels.l00");
        Of("u29").ShouldBe([".metadata.labels.l29"]);
        Of("a").ShouldBe([".metadata.labels.x"]);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public void Whatever_is_applied_once_or_twice_the_laws_hold(int seed)
    {
        var random = new Random(seed);
        for (var step = 0; step < 300; step++)
        {
            var manager = "abc"[random.Next(3)].ToString();
            var applied = Anything(random);
            var others = _managed.Owners.Where(owned => owned.Manager.Name != manager).ToArray();
            var before = _live.DeepClone().AsObject();
            Apply(manager, applied, force: true);

            // What was applied is there, and is owned by who applied it.
            var claimed = FieldSets.Claimed(Parse(applied), Schema);
            (_managed.Of(Named(manager))?.Fields ?? FieldSet.Empty).IsSame(claimed).ShouldBeTrue($"seed {seed}");
            claimed.Difference(FieldSets.Claimed(_live, Schema)).IsEmpty.ShouldBeTrue($"seed {seed}: {_live}");

            // Others lose only what has another value now, or is gone with an entry.
            var (changed, removed) = FieldSets.Compare(before, _live, Schema);
            foreach (var owned in others)
            {
                var kept = _managed.Of(owned.Manager)?.Fields ?? FieldSet.Empty;
                owned.Fields.Difference(changed.Union(removed)).IsSame(kept).ShouldBeTrue($"seed {seed}");
            }

            // Twice is once.
            var (once, owners) = (_live.ToJsonString(), _managed.Written().ToArray());
            Apply(manager, applied);
            _live.ToJsonString().ShouldBe(once);
            _managed.Written().ToArray().ShouldBe(owners);
        }

        // When all let go, nothing is left of what was applied.
        foreach (var manager in new[] { "a", "b", "c" })
        {
            Apply(manager, "{}", force: true);
        }

        _managed.IsEmpty.ShouldBeTrue();
        FieldSets.Claimed(_live, Schema).IsEmpty.ShouldBeTrue(_live.ToJsonString());
    }

    private SchemaNode Schema => StructuralSchema.For(_kind);

    private static string Anything(Random random)
    {
        var node = new JsonObject();
        if (random.Next(2) == 0)
        {
            var labels = new JsonObject();
            foreach (var name in Some(random))
            {
                labels[name] = random.Next(2).ToString();
            }

            node["metadata"] = new JsonObject
            {
                ["labels"] = labels,
                ["finalizers"] = new JsonArray([.. Some(random).Select(name => (JsonNode)("k/" + name))]),
            };
        }

        if (random.Next(2) == 0)
        {
            node["spec"] = new JsonObject { ["unschedulable"] = random.Next(2) == 0 };
        }

        if (random.Next(2) == 0)
        {
            var entries = Some(random)
                .Select(name =>
                    (JsonNode)new JsonObject { ["type"] = name, ["status"] = random.Next(2) == 0 ? "True" : "False" }
                );
            node["status"] = new JsonObject { ["conditions"] = new JsonArray([.. entries]) };
        }

        return node.ToJsonString();
    }

    private static List<string> Some(Random random)
    {
        string[] names = ["p", "q", "r"];
        random.Shuffle(names);
        return [.. names.Take(1 + random.Next(3))];
    }

    private void Apply(string manager, string applied, bool force = false)
    {
        var next = _live.DeepClone().AsObject();
        var owners = ServerSideApply.Apply(
            next,
            Parse(applied),
            _managed,
            Schema,
            new Write(Named(manager), "2026-01-01T00:00:00Z", IsSystem: false),
            force
        );
        Become(next, owners);
    }

    private void Update(string manager, string now, string time = "2026-01-01T00:00:00Z")
    {
        var next = Parse(now);
        var write = new Write(new FieldOwner(manager, false, _kind.ApiVersion, ""), time, IsSystem: false);
        var old = _managed.IsEmpty ? null : _live;
        Become(next, Tracking.Update(_managed, old, next, Schema, write));
    }

    private void Become(JsonObject next, ManagedFields owners)
    {
        _live.Clear();
        foreach (var (name, value) in next.DeepClone().AsObject().ToArray())
        {
            _live[name] = value?.DeepClone();
        }

        _managed = owners;
    }

    private FieldOwner Named(string name) => new(name, IsApply: true, _kind.ApiVersion, "");

    private IEnumerable<string> Of(string manager) =>
        _managed.Owners.Single(owned => owned.Manager.Name == manager).Fields.Places();

    private void Shows(string json) =>
        JsonNode.DeepEquals(_live, JsonNode.Parse(json)).ShouldBeTrue(_live.ToJsonString());

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
