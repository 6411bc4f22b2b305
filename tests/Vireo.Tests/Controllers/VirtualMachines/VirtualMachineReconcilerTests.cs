using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.VirtualMachines;

/// <summary>Machines and their instances, where there is no host that could run them.</summary>
public sealed class VirtualMachineReconcilerTests(ControlPlane plane) : IClassFixture<ControlPlane>, IAsyncLifetime
{
    private string _space = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _space = await plane.MakeNamespaceAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_machine_that_is_always_to_run_gets_an_instance_of_its_own_with_its_template_and_defaults()
    {
        var machine = await MakeAsync();

        var instance = await UntilStartedAsync();

        var owner = instance.Metadata.OwnerReferences!.ShouldHaveSingleItem();
        (owner.Kind, owner.Name, owner.Uid).ShouldBe(("VirtualMachine", "vm", machine.Metadata.Uid));
        (owner.Controller, owner.BlockOwnerDeletion).ShouldBe((true, true));
        instance.Spec.Domain.Memory!.Guest.ToString().ShouldBe("64Mi");
        instance.Spec.Domain.Firmware!.Uuid.ShouldBe(machine.Metadata.Uid);
        instance.Spec.Domain.Machine!.Type.ShouldBe("q35");
        instance.Spec.Architecture.ShouldBe("amd64");
        await UntilMachineAsync(found => found.Status?.Created == true);
        await UntilToldAsync("SuccessfulCreate");
    }

    [Fact]
    public async Task Machines_that_are_halted_or_started_by_hand_get_none()
    {
        await MakeAsync("halted", RunStrategy.Halted);
        await MakeAsync("manual", RunStrategy.Manual);

        foreach (var name in new[] { "halted", "manual" })
        {
            var told = await plane.UntilAsync<VirtualMachine>(name, _space, IsObserved);
            told.Status!.PrintableStatus.ShouldBe("Stopped");
        }

        plane.All<VirtualMachineInstance>(_space).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_machine_that_is_halted_loses_its_instance()
    {
        await MakeAsync();
        await UntilStartedAsync();

        await PatchAsync<VirtualMachine>("vm", """{"spec":{"runStrategy":"Halted"}}""");

        await plane.UntilGoneAsync<VirtualMachineInstance>("vm", _space);
        await UntilMachineAsync(found => found.Status is { Created: false, PrintableStatus: "Stopped" });
        await UntilToldAsync("SuccessfulDelete");
    }

    [Fact]
    public async Task A_machine_that_is_deleted_takes_its_instance_with_it()
    {
        await MakeAsync();
        await UntilStartedAsync();

        await plane.User.DeleteAsync<VirtualMachine>(new(_space, "vm"), null, Ct);

        await plane.UntilGoneAsync<VirtualMachine>("vm", _space);
        (await plane.User.FindAsync<VirtualMachineInstance>(new(_space, "vm"), Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task An_instance_whose_machine_is_deleted_alone_stays_without_owner_and_can_be_deleted()
    {
        await MakeAsync();
        await UntilStartedAsync();

        await plane.User.DeleteAsync<VirtualMachine>(new(_space, "vm"), Objects.Delete("Orphan"), Ct);

        await plane.UntilGoneAsync<VirtualMachine>("vm", _space);
        var left = await plane.UntilAsync<VirtualMachineInstance>(
            "vm",
            _space,
            found => found.Metadata.OwnerReferences is null or []
        );
        left.Metadata.DeletionTimestamp.ShouldBeNull();
        await plane.User.DeleteAsync<VirtualMachineInstance>(new(_space, "vm"), null, Ct);
        await plane.UntilGoneAsync<VirtualMachineInstance>("vm", _space);
    }

    [Fact]
    public async Task A_machine_that_is_deleted_in_the_foreground_waits_for_its_instance()
    {
        await MakeAsync();
        await UntilStartedAsync();
        await HoldAsync();

        await plane.User.DeleteAsync<VirtualMachine>(new(_space, "vm"), Objects.Delete("Foreground"), Ct);

        // All others have let go by now; only the test holds the instance, and the instance the machine.
        await plane.UntilAsync<VirtualMachineInstance>(
            "vm",
            _space,
            found => found.Metadata is { DeletionTimestamp: not null, Finalizers: ["test.vireo.dev/hold"] }
        );
        plane.Find<VirtualMachine>("vm", _space)!.Metadata.DeletionTimestamp.ShouldNotBeNull();
        await PatchAsync<VirtualMachineInstance>("vm", """{"metadata":{"finalizers":null}}""");
        await plane.UntilGoneAsync<VirtualMachineInstance>("vm", _space);
        await plane.UntilGoneAsync<VirtualMachine>("vm", _space);
    }

    [Fact]
    public async Task An_instance_of_the_right_name_that_nobody_owns_is_adopted()
    {
        var instance = await plane.User.CreateAsync(Objects.Instance("vm", _space), Ct);

        var machine = await MakeAsync();

        var adopted = await plane.UntilAsync<VirtualMachineInstance>(
            "vm",
            _space,
            found => found.Metadata.OwnerReferences is [_]
        );
        adopted.Metadata.Uid.ShouldBe(instance.Metadata.Uid);
        adopted.Metadata.OwnerReferences![0].Uid.ShouldBe(machine.Metadata.Uid);
        await UntilMachineAsync(found => found.Status?.Created == true);
    }

    [Fact]
    public async Task A_machine_whose_name_another_owner_s_instance_has_says_so()
    {
        var other = await plane.User.CreateAsync(Objects.ConfigMap("other", _space), Ct);
        var taken = Objects.Instance("vm", _space);
        var owner = Objects.Owner(other) with { Controller = true };
        await plane.User.CreateAsync(taken with { Metadata = taken.Metadata with { OwnerReferences = [owner] } }, Ct);

        await MakeAsync();

        var machine = await UntilFailedAsync();
        var failure = Conditions.Find(machine.Status!.Conditions, "Failure")!;
        (failure.Status, failure.Reason).ShouldBe(("True", "FailedCreate"));
        failure.Message!.ShouldContain("ConfigMap 'other'");
        await UntilToldAsync("FailedCreate");
        machine.Status.Created.ShouldBe(false);
    }

    [Fact]
    public async Task A_machine_whose_instance_is_refused_names_the_field_and_starts_once_it_is_allowed()
    {
        var machine = Objects.Machine("vm", _space);
        var template = machine.Spec.Template.Spec;
        var pinned = template with { Domain = template.Domain with { Machine = new() { Type = "pc-q35-7.2" } } };
        await plane.User.CreateAsync(
            machine with
            {
                Spec = machine.Spec with { Template = new() { Spec = pinned } },
            },
            Ct
        );
        await UntilStartedAsync();
        await AllowAsync("""{"amd64":{"emulatedMachines":["q35","pc-q35-9*"]}}""");
        try
        {
            await plane.User.DeleteAsync<VirtualMachineInstance>(new(_space, "vm"), null, Ct);
            var failure = Conditions.Find((await UntilFailedAsync()).Status!.Conditions, "Failure")!;
            failure.Reason.ShouldBe("FailedCreate");
            failure.Message!.ShouldContain("spec.domain.machine.type");
            await UntilToldAsync("FailedCreate");
        }
        finally
        {
            await AllowAsync("null");
        }

        await UntilStartedAsync();
        await UntilMachineAsync(found => Conditions.Find(found.Status?.Conditions, "Failure") is null);
    }

    private static bool IsObserved(VirtualMachine machine) => machine.Status?.Created is not null;

    private Task<VirtualMachine> MakeAsync(string name = "vm", RunStrategy strategy = RunStrategy.Always) =>
        plane.User.CreateAsync(Objects.Machine(name, _space, strategy), Ct);

    private Task<VirtualMachineInstance> UntilStartedAsync() =>
        plane.UntilAsync<VirtualMachineInstance>("vm", _space, _ => true);

    private Task<VirtualMachine> UntilMachineAsync(Func<VirtualMachine, bool> isSo) =>
        plane.UntilAsync("vm", _space, isSo);

    private Task<VirtualMachine> UntilFailedAsync() =>
        UntilMachineAsync(found => Conditions.IsTrue(found.Status?.Conditions, "Failure"));

    private Task UntilToldAsync(string reason) =>
        Eventually.HoldsAsync(() => plane.All<Event>(_space).Any(told => told.Reason == reason), reason);

    private Task PatchAsync<T>(string name, string change)
        where T : class, IResource =>
        plane.User.PatchAsync<T>(new(_space, name), Patch.Merge(JsonNode.Parse(change)!), Ct);

    private Task HoldAsync() =>
        plane.User.ChangeAsync<VirtualMachineInstance>(
            new(_space, "vm"),
            seen =>
                seen with
                {
                    Metadata = seen.Metadata with
                    {
                        Finalizers = [.. seen.Metadata.Finalizers ?? [], "test.vireo.dev/hold"],
                    },
                },
            Ct
        );

    private Task AllowAsync(string configuration) =>
        plane.User.PatchAsync<KubeVirt>(
            new("kubevirt", "kubevirt"),
            Patch.Merge(
                JsonNode.Parse($$"""{"spec":{"configuration":{"architectureConfiguration":{{configuration}} } } }""")!
            ),
            Ct
        );
}
