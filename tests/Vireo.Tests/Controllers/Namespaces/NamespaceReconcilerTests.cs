using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.Namespaces;

public sealed class NamespaceReconcilerTests(ControlPlane plane) : IClassFixture<ControlPlane>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_namespace_that_is_deleted_goes_after_all_it_holds()
    {
        var space = await plane.MakeNamespaceAsync();
        await plane.User.CreateAsync(Objects.Machine("vm", space), Ct);
        var held = Objects.ConfigMap("held", space);
        await plane.User.CreateAsync(
            held with
            {
                Metadata = held.Metadata with { Finalizers = ["test.vireo.dev/hold"] },
            },
            Ct
        );
        await plane.UntilAsync<VirtualMachineInstance>("vm", space, _ => true);

        await plane.User.DeleteAsync<Namespace>(new(null, space), null, Ct);

        await plane.UntilGoneAsync<VirtualMachine>("vm", space);
        (await plane.User.FindAsync<VirtualMachineInstance>(new(space, "vm"), Ct)).ShouldBeNull();
        plane.Find<Namespace>(space)!.Metadata.DeletionTimestamp.ShouldNotBeNull();
        await plane.User.ChangeAsync<ConfigMap>(
            new(space, "held"),
            seen => seen with { Metadata = seen.Metadata with { Finalizers = [] } },
            Ct
        );
        await plane.UntilGoneAsync<Namespace>(space, null);
        plane.All<ConfigMap>(space).ShouldBeEmpty();
        plane.All<Event>(space).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_namespace_that_cannot_go_says_what_is_left_in_it_and_what_that_waits_for()
    {
        var space = await plane.MakeNamespaceAsync();
        var held = Objects.ConfigMap("held", space);
        await plane.User.CreateAsync(
            held with
            {
                Metadata = held.Metadata with { Finalizers = ["test.vireo.dev/hold"] },
            },
            Ct
        );
        await plane.User.PatchAsync<Namespace>(
            new(null, space),
            Patch.Merge(JsonNode.Parse("""{"metadata":{"finalizers":["test.vireo.dev/keep"]} }""")!),
            Ct
        );

        await plane.User.DeleteAsync<Namespace>(new(null, space), null, Ct);

        var stuck = await plane.UntilAsync<Namespace>(
            space,
            null,
            found => Conditions.IsTrue(found.Status?.Conditions, "NamespaceFinalizersRemaining")
        );
        Conditions
            .Find(stuck.Status!.Conditions, "NamespaceFinalizersRemaining")!
            .Message.ShouldBe(
                "Some content in the namespace has finalizers remaining: test.vireo.dev/hold in 1 resource instances"
            );
        Conditions
            .Find(stuck.Status.Conditions, "NamespaceContentRemaining")!
            .Message!.ShouldContain("configmaps. has 1 resource instances");
        stuck.Status.Phase.ShouldBe("Terminating");

        await plane.User.ChangeAsync<ConfigMap>(
            new(space, "held"),
            seen => seen with { Metadata = seen.Metadata with { Finalizers = [] } },
            Ct
        );
        var empty = await plane.UntilAsync<Namespace>(
            space,
            null,
            found => Conditions.Find(found.Status?.Conditions, "NamespaceContentRemaining") is { Status: "False" }
        );
        empty.Status!.Conditions!.ShouldAllBe(condition => condition.Status == "False");
        await plane.User.PatchAsync<Namespace>(
            new(null, space),
            Patch.Merge(JsonNode.Parse("""{"metadata":{"finalizers":null} }""")!),
            Ct
        );
        await plane.UntilGoneAsync<Namespace>(space, null);
    }
}
