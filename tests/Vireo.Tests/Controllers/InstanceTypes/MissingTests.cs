using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Controllers.InstanceTypes;

/// <summary>Machines whose type or preference is not there, or does not suit them.</summary>
public sealed class MissingTests(ControlPlane plane) : IClassFixture<ControlPlane>, IAsyncLifetime
{
    private TypedRoom _room = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _room = await TypedRoom.MakeAsync(plane);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_machine_may_come_before_its_type_and_starts_when_that_comes()
    {
        await _room.CreateAsync(TypedRoom.Named("small"));

        var failed = await _room.FailsAsync("FailedFindInstancetype");
        Conditions
            .Find(failed.Status!.Conditions, "Failure")!
            .Message!.ShouldStartWith("virtualmachineinstancetypes.instancetype.kubevirt.io \"small\" not found");
        failed.Status.PrintableStatus.ShouldBe("Stopped");
        plane.Find<VirtualMachineInstance>("vm", _room.Space).ShouldBeNull();
        await Eventually.HoldsAsync(() =>
            plane.All<Event>(_room.Space).Any(told => told.Reason == "FailedFindInstancetype")
        );

        await _room.TypeAsync("small", memory: "96Mi");

        await _room.InstanceAsync("96Mi");
        await _room.UsesAsync("small");
    }

    [Fact]
    public async Task A_machine_may_come_before_its_preference()
    {
        await _room.TypeAsync("small");
        await _room.CreateAsync(TypedRoom.Named("small"), new() { Name = "own", Kind = "VirtualMachinePreference" });
        await _room.FailsAsync("FailedFindPreference");
        plane.Find<VirtualMachineInstance>("vm", _room.Space).ShouldBeNull();

        await _room.PreferenceAsync("own", new());

        await _room.InstanceAsync("64Mi");
        await _room.UsesAsync("small");
    }

    [Fact]
    public async Task A_type_that_came_later_and_does_not_suit_is_told_and_not_kept_until_it_is_mended()
    {
        await _room.CreateAsync(TypedRoom.Named("small"), new() { Name = "big", Kind = "VirtualMachinePreference" });
        await _room.TypeAsync("small");
        await _room.PreferenceAsync(
            "big",
            new() { Requirements = new() { Memory = new() { Guest = Quantity.Parse("96Mi") } } }
        );

        var failed = await _room.FailsAsync("FailedCreate");
        Conditions
            .Find(failed.Status!.Conditions, "Failure")!
            .Message!.ShouldContain(
                "insufficient Memory resources of 64Mi provided by instance type, preference requires 96Mi"
            );
        failed.Status.InstancetypeRef.ShouldBeNull();
        _room.Copies().ShouldBeEmpty();
        plane.Find<VirtualMachineInstance>("vm", _room.Space).ShouldBeNull();

        await _room.ResizeAsync("small", "96Mi");

        await _room.InstanceAsync("96Mi");
        await _room.UsesAsync("small");
    }

    [Fact]
    public async Task A_machine_that_runs_goes_on_when_it_names_a_type_that_is_not_there_and_can_be_stopped()
    {
        await _room.TypeAsync("small");
        await _room.CreateAsync(TypedRoom.Named("small"));
        var first = await _room.InstanceAsync("64Mi");
        await _room.UsesAsync("small");

        await _room.SwitchAsync("gone");

        await _room.FailsAsync("FailedFindInstancetype");
        plane.Find<VirtualMachineInstance>("vm", _room.Space)!.Metadata.Uid.ShouldBe(first.Metadata.Uid);
        (await plane.ActAsync(new(_room.Space, "vm"), "stop")).Code.ShouldBe(System.Net.HttpStatusCode.Accepted);
        await plane.UntilGoneAsync<VirtualMachineInstance>("vm", _room.Space);
        await plane.User.DeleteAsync<VirtualMachine>(new(_room.Space, "vm"), null, Ct);
        await plane.UntilGoneAsync<VirtualMachine>("vm", _room.Space);
    }

    [Fact]
    public async Task A_pinned_copy_that_is_not_there_is_named()
    {
        await _room.TypeAsync("small");
        await _room.CreateAsync(TypedRoom.Named("small", revision: "no-such-copy"));

        var failed = await _room.FailsAsync("FailedFindInstancetype");

        Conditions
            .Find(failed.Status!.Conditions, "Failure")!
            .Message!.ShouldStartWith("controllerrevisions.apps \"no-such-copy\" not found");
    }

    [Fact]
    public async Task A_copy_of_the_same_name_that_holds_something_else_is_not_used()
    {
        var type = await _room.TypeAsync("small");
        await plane.User.CreateAsync(
            new ControllerRevision
            {
                Metadata = new() { Name = $"vm-small-v1beta1-{type.Metadata.Uid}-1", Namespace = _room.Space },
                Revision = 1,
                Data = System.Text.Json.JsonElement.Parse("""{"spec":{"cpu":{"guest":9},"memory":{"guest":"9Gi"}}}"""),
            },
            Ct
        );

        await _room.CreateAsync(TypedRoom.Named("small"));

        var failed = await _room.FailsAsync("FailedCreate");
        Conditions
            .Find(failed.Status!.Conditions, "Failure")!
            .Message!.ShouldStartWith("found existing ControllerRevision with unexpected data: vm-small-v1beta1-");
    }
}
