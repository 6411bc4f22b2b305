using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Controllers.InstanceTypes;

/// <summary>Machines hold the types and preferences they were given as those were then.</summary>
public sealed class RevisionTests(ControlPlane plane) : IClassFixture<ControlPlane>, IAsyncLifetime
{
    private TypedRoom _room = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _room = await TypedRoom.MakeAsync(plane);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_copy_is_named_and_labelled_as_kubevirts_and_is_the_machines()
    {
        var type = await _room.TypeAsync("small", cpus: 2, "96Mi");
        var machine = await _room.CreateAsync(TypedRoom.Named("small"));

        var name = $"vm-small-v1beta1-{type.Metadata.Uid}-1";
        var used = await _room.UsesAsync("small");
        used.Status!.InstancetypeRef.ShouldBe(
            new()
            {
                Name = "small",
                Kind = TypedRoom.Own,
                ControllerRevisionRef = new() { Name = name },
            }
        );
        var copy = await plane.UntilAsync<ControllerRevision>(name, _room.Space, _ => true);
        copy.Metadata.Labels!.ShouldBe(
            new Dictionary<string, string>
            {
                ["instancetype.kubevirt.io/object-generation"] = "1",
                ["instancetype.kubevirt.io/object-kind"] = TypedRoom.Own,
                ["instancetype.kubevirt.io/object-name"] = "small",
                ["instancetype.kubevirt.io/object-uid"] = type.Metadata.Uid!,
                ["instancetype.kubevirt.io/object-version"] = "v1beta1",
            },
            ignoreOrder: true
        );
        var owner = copy.Metadata.OwnerReferences!.ShouldHaveSingleItem();
        (owner.Uid, owner.Controller).ShouldBe((machine.Metadata.Uid, true));
    }

    [Fact]
    public async Task The_spec_stays_as_it_was_written()
    {
        await _room.TypeAsync("small");
        var made = await _room.CreateAsync(TypedRoom.Named("small"));

        await _room.InstanceAsync("64Mi");
        var used = await _room.UsesAsync("small");

        SameJson.Are(used.Spec, made.Spec, ApiJson.Default.VirtualMachineSpec).ShouldBeTrue();
        used.Metadata.Generation.ShouldBe(1);
        plane
            .Writes.OfType<VirtualMachine>()
            .Where(one => one.Metadata.Namespace == _room.Space)
            .ShouldAllBe(one => one.Spec.Template.Spec.Domain.Memory == null && one.Spec.Instancetype != null);
    }

    [Fact]
    public async Task An_instance_has_what_its_type_says()
    {
        await _room.TypeAsync("small", cpus: 3, "96Mi");
        await _room.CreateAsync(TypedRoom.Named("small"));

        var instance = await _room.InstanceAsync("96Mi");

        instance.Spec.Domain.Cpu!.Sockets.ShouldBe(3);
        instance.Status!.CurrentCPUTopology!.Sockets.ShouldBe(3);
        instance.Metadata.Annotations!["kubevirt.io/instancetype-name"].ShouldBe("small");
    }

    [Fact]
    public async Task The_record_of_a_start_holds_the_machine_with_its_type_in_place()
    {
        await _room.TypeAsync("small", memory: "96Mi");
        await _room.CreateAsync(TypedRoom.Named("small"));
        var instance = await _room.InstanceAsync("96Mi");

        var record = await plane.UntilAsync<ControllerRevision>(
            instance.Status!.VirtualMachineRevisionName!,
            _room.Space,
            _ => true
        );

        var spec = record.Data!.Value.GetProperty("spec");
        spec.TryGetProperty("instancetype", out _).ShouldBeFalse();
        var domain = spec.GetProperty("template").GetProperty("spec").GetProperty("domain");
        domain.GetProperty("memory").GetProperty("guest").GetString().ShouldBe("96Mi");
    }

    [Theory]
    [InlineData("""{"spec":{"instancetype":{"name":"large"}}}""")]
    [InlineData("""{"spec":{"instancetype":{"name":"large","revisionName":""}}}""")]
    public async Task A_change_of_the_name_is_enough(string change)
    {
        await _room.TypeAsync("small");
        await _room.TypeAsync("large", memory: "128Mi");
        await _room.CreateAsync(TypedRoom.Named("small"), strategy: RunStrategy.Halted);
        await _room.UsesAsync("small");

        await _room.PatchAsync(change);

        var used = await _room.UsesAsync("large");
        used.Status!.InstancetypeRef!.ControllerRevisionRef!.Name!.ShouldStartWith("vm-large-v1beta1-");
        used.Metadata.Generation.ShouldBe(2);
        await _room.HasCopiesAsync(2);
        await _room.PatchAsync("""{"spec":{"runStrategy":"Always"}}""");
        await _room.InstanceAsync("128Mi");
    }

    [Fact]
    public async Task An_edit_of_a_type_changes_no_machine_that_uses_it()
    {
        await _room.TypeAsync("small");
        await _room.CreateAsync(TypedRoom.Named("small"));
        var first = await _room.InstanceAsync("64Mi");
        var used = await _room.UsesAsync("small");

        await _room.ResizeAsync("small", "96Mi");
        await _room.CreateAsync(TypedRoom.Named("small"), name: "later");
        await plane.UntilAsync<VirtualMachineInstance>(
            "later",
            _room.Space,
            found => found.Spec.Domain.Memory!.Guest == Quantity.Parse("96Mi")
        );

        await _room.EndRunAsync();
        var second = await plane.UntilAsync<VirtualMachineInstance>(
            "vm",
            _room.Space,
            found => found.Metadata.Uid != first.Metadata.Uid
        );
        second.Spec.Domain.Memory!.Guest.ShouldBe(Quantity.Parse("64Mi"));
        var still = await _room.UsesAsync("small");
        still.Status!.InstancetypeRef.ShouldBe(used.Status!.InstancetypeRef);
    }

    [Fact]
    public async Task Who_goes_back_by_name_has_what_he_had()
    {
        await _room.TypeAsync("small");
        await _room.TypeAsync("large", memory: "128Mi");
        await _room.CreateAsync(TypedRoom.Named("small"), strategy: RunStrategy.Halted);
        var first = await _room.UsesAsync("small");
        await _room.SwitchAsync("large");
        await _room.UsesAsync("large");

        await _room.SwitchAsync("small");

        var back = await _room.UsesAsync("small");
        back.Status!.InstancetypeRef.ShouldBe(first.Status!.InstancetypeRef);
        await _room.HasCopiesAsync(2);
    }

    [Fact]
    public async Task Who_pins_an_older_copy_goes_back_to_a_type_that_was_edited_and_removed_since()
    {
        await _room.TypeAsync("small");
        await _room.TypeAsync("large", memory: "128Mi");
        await _room.CreateAsync(TypedRoom.Named("small"), strategy: RunStrategy.Halted);
        var first = (await _room.UsesAsync("small")).Status!.InstancetypeRef!.ControllerRevisionRef!.Name!;
        await _room.SwitchAsync("large");
        await _room.UsesAsync("large");
        await _room.ResizeAsync("small", "96Mi");
        await plane.User.DeleteAsync<VirtualMachineInstancetype>(new(_room.Space, "small"), null, Ct);

        await _room.PatchAsync(
            $$"""{"spec":{"runStrategy":"Always","instancetype":{"name":"small","revisionName":"{{first}}"} } }"""
        );

        var back = await _room.UsesAsync("small");
        back.Status!.InstancetypeRef!.ControllerRevisionRef!.Name.ShouldBe(first);
        back.Spec.Instancetype!.RevisionName.ShouldBe(first);
        await _room.InstanceAsync("64Mi");

        await _room.PatchAsync("""{"spec":{"instancetype":{"revisionName":""}}}""");
        var unpinned = await _room.UntilAsync(found => found.Status?.DesiredGeneration == found.Metadata.Generation);
        unpinned.Status!.InstancetypeRef!.ControllerRevisionRef!.Name.ShouldBe(first);
    }

    [Fact]
    public async Task What_another_type_changes_and_only_a_restart_brings_is_named_until_the_machine_goes_back()
    {
        await _room.TypeAsync("two", cpus: 2);
        await _room.TypeAsync("four", cpus: 4);
        await _room.PreferenceAsync("cores", new() { Cpu = new() { PreferredCPUTopology = "cores" } });
        await _room.CreateAsync(TypedRoom.Named("two"), new() { Name = "cores", Kind = "VirtualMachinePreference" });
        var instance = await _room.InstanceAsync("64Mi");
        await _room.UsesAsync("two");

        await _room.SwitchAsync("four");

        var due = await _room.UntilAsync(found => Due(found) is not null);
        Due(due)!.ShouldEndWith(": domain.cpu.cores");
        await _room.SwitchAsync("two");
        await _room.UntilAsync(found => Due(found) is null && found.Status!.ObservedGeneration == 3);
        plane.Find<VirtualMachineInstance>("vm", _room.Space)!.Metadata.Uid.ShouldBe(instance.Metadata.Uid);

        static string? Due(VirtualMachine machine) =>
            Conditions.Find(machine.Status?.Conditions, "RestartRequired")?.Message;
    }

    [Fact]
    public async Task Copies_are_removed_with_their_machine()
    {
        await _room.TypeAsync("small");
        await _room.TypeAsync("large");
        await _room.CreateAsync(TypedRoom.Named("small"), strategy: RunStrategy.Halted);
        await _room.UsesAsync("small");
        await _room.SwitchAsync("large");
        await _room.UsesAsync("large");
        await _room.HasCopiesAsync(2);

        await plane.User.DeleteAsync<VirtualMachine>(new(_room.Space, "vm"), null, Ct);

        await Eventually.HoldsAsync(() => _room.Copies().Count == 0, "the copies are gone");
    }

    [Fact]
    public async Task A_copy_that_somebody_removed_is_made_again_from_the_type()
    {
        await _room.TypeAsync("small");
        await _room.CreateAsync(TypedRoom.Named("small"), strategy: RunStrategy.Halted);
        var name = (await _room.UsesAsync("small")).Status!.InstancetypeRef!.ControllerRevisionRef!.Name!;

        await plane.User.DeleteAsync<ControllerRevision>(new(_room.Space, name), null, Ct);

        await Eventually.HoldsAsync(
            () => plane.Writes.OfType<ControllerRevision>().Count(one => one.Metadata.Name == name) >= 2,
            "the copy is made again"
        );
        await plane.UntilAsync<ControllerRevision>(name, _room.Space, _ => true);
    }

    [Fact]
    public async Task Without_a_type_any_more_status_names_none_and_the_copies_stay()
    {
        await _room.TypeAsync("small");
        await _room.CreateAsync(TypedRoom.Named("small"), strategy: RunStrategy.Halted);
        await _room.UsesAsync("small");

        await _room.PatchAsync(
            """{"spec":{"instancetype":null,"template":{"spec":{"domain":{"memory":{"guest":"80Mi"}}}}}}"""
        );

        await _room.UntilAsync(found => found.Status is { InstancetypeRef: null, DesiredGeneration: 2 });
        _room.Copies().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_preference_is_kept_as_a_type_is_and_fills_what_the_machine_leaves_open()
    {
        await _room.TypeAsync("small", cpus: 4);
        await _room.PreferenceAsync(
            "cores",
            new()
            {
                Cpu = new() { PreferredCPUTopology = "cores" },
                Devices = new() { PreferredDiskBus = "sata" },
            }
        );

        await _room.CreateAsync(TypedRoom.Named("small"), new() { Name = "cores", Kind = "virtualmachinepreferences" });

        var instance = await _room.InstanceAsync("64Mi");
        instance.Spec.Domain.Cpu!.Cores.ShouldBe(4);
        var used = await _room.UntilAsync(found => found.Status?.PreferenceRef is not null);
        used.Status!.PreferenceRef!.Kind.ShouldBe("VirtualMachinePreference");
        used.Status.PreferenceRef.ControllerRevisionRef!.Name!.ShouldStartWith("vm-cores-v1beta1-");
    }
}
