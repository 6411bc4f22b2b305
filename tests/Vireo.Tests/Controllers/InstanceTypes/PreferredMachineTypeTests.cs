using Vireo.Api;

namespace Vireo.Tests.Controllers.InstanceTypes;

/// <summary>The machine type that a preference names, among all that may name one.</summary>
public sealed class PreferredMachineTypeTests(ControlPlane plane) : IClassFixture<ControlPlane>, IAsyncLifetime
{
    private TypedRoom _room = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _room = await TypedRoom.MakeAsync(plane);
        await _room.TypeAsync("small");
        await _room.PreferenceAsync("old", new() { Machine = new() { PreferredMachineType = "pc-q35-7.2" } });
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_instance_has_the_machine_type_that_the_preference_names_and_the_spec_does_not()
    {
        await _room.CreateAsync(TypedRoom.Named("small"), Old());

        var instance = await _room.InstanceAsync("64Mi");

        instance.Spec.Domain.Machine!.Type.ShouldBe("pc-q35-7.2");
        (await _room.UsesAsync("small")).Spec.Template.Spec.Domain.Machine.ShouldBeNull();
    }

    [Fact]
    public async Task What_the_template_names_comes_first()
    {
        var machine = TypedRoom.Machine("vm", _room.Space, TypedRoom.Named("small"), Old(), RunStrategy.Always);
        var domain = machine.Spec.Template.Spec.Domain with { Machine = new() { Type = "pc-q35-6.2" } };
        var spec = machine.Spec with
        {
            Template = new() { Spec = machine.Spec.Template.Spec with { Domain = domain } },
        };
        await plane.User.CreateAsync(machine with { Spec = spec }, Ct);

        var instance = await _room.InstanceAsync("64Mi");

        instance.Spec.Domain.Machine!.Type.ShouldBe("pc-q35-6.2");
    }

    private static PreferenceMatcher Old() => new() { Name = "old", Kind = "VirtualMachinePreference" };
}
