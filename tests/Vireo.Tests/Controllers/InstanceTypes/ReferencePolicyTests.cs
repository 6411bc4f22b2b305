using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.InstanceTypes;

/// <summary>Clusters whose administrator wants machines without references.</summary>
public sealed class ReferencePolicyTests(ControlPlane plane) : IClassFixture<ControlPlane>, IAsyncLifetime
{
    private TypedRoom _room = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await SetAsync(null);
        _room = await TypedRoom.MakeAsync(plane);
        await _room.TypeAsync("small");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("expand")]
    [InlineData("expandAll")]
    public async Task A_new_machine_is_stored_with_its_type_written_out(string policy)
    {
        await SetAsync(policy);

        var made = await _room.CreateAsync(TypedRoom.Named("small"));

        made.Spec.Instancetype.ShouldBeNull();
        made.Spec.Template.Spec.Domain.Memory!.Guest.ShouldBe(Quantity.Parse("64Mi"));
        await _room.InstanceAsync("64Mi");
        _room.Copies().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_machine_that_came_before_its_type_is_written_out_when_that_comes()
    {
        await SetAsync("expand");
        var made = await _room.CreateAsync(TypedRoom.Named("later"));
        made.Spec.Instancetype!.Name.ShouldBe("later");
        await _room.FailsAsync("FailedFindInstancetype");

        await _room.TypeAsync("later", memory: "96Mi");

        await _room.InstanceAsync("96Mi");
        var written = await _room.UntilAsync(found => found.Spec.Instancetype is null);
        written.Spec.Template.Spec.Domain.Memory!.Guest.ShouldBe(Quantity.Parse("96Mi"));
    }

    [Theory]
    [InlineData("expand", true)]
    [InlineData("expandAll", false)]
    public async Task A_machine_that_has_its_copies_keeps_its_reference_unless_all_are_to_be_written_out(
        string policy,
        bool keeps
    )
    {
        await _room.CreateAsync(TypedRoom.Named("small"));
        var instance = await _room.InstanceAsync("64Mi");
        await _room.UsesAsync("small");

        await SetAsync(policy);
        await _room.PatchAsync("""{"metadata":{"labels":{"seen":"yes"}}}""");

        if (keeps)
        {
            var kept = await _room.UntilAsync(found => found.Metadata.Labels?.ContainsKey("seen") == true);
            kept.Spec.Instancetype!.Name.ShouldBe("small");
            return;
        }

        var written = await _room.UntilAsync(found =>
            found is { Spec.Instancetype: null, Status.InstancetypeRef: null }
        );
        written.Spec.Template.Spec.Domain.Memory!.Guest.ShouldBe(Quantity.Parse("64Mi"));
        var same = await _room.UntilAsync(found => found.Status?.ObservedGeneration == 2);
        Conditions.Find(same.Status!.Conditions, "RestartRequired").ShouldBeNull();
        plane.Find<VirtualMachineInstance>("vm", _room.Space)!.Metadata.Uid.ShouldBe(instance.Metadata.Uid);
    }

    private async Task SetAsync(string? policy) =>
        await plane.SeenAsync(
            await plane.User.PatchAsync<KubeVirt>(
                new("kubevirt", "kubevirt"),
                Patch.Merge(
                    new JsonObject
                    {
                        ["spec"] = new JsonObject
                        {
                            ["configuration"] = new JsonObject
                            {
                                ["instancetype"] = policy is null
                                    ? null
                                    : new JsonObject { ["referencePolicy"] = policy },
                            },
                        },
                    }
                ),
                Ct
            )
        );
}
