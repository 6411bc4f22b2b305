using Vireo.Api;

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
}
