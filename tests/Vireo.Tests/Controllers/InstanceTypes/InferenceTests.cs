using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.InstanceTypes;

/// <summary>Machines whose image says what suits them.</summary>
public sealed class InferenceTests(ControlPlane plane) : IClassFixture<ControlPlane>, IAsyncLifetime
{
    private const string Image = "quay.io/vireo/labelled:1";

    private TypedRoom _room = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _room = await TypedRoom.MakeAsync(plane);
        await _room.TypeAsync("small", memory: "96Mi");
        await _room.PreferenceAsync("cores", new() { Cpu = new() { PreferredCPUTopology = "cores" } });
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_machine_has_what_the_labels_of_its_image_name_and_keeps_it()
    {
        var host = await AddHostAsync();
        await plane.User.CreateAsync(Machine("Reject", memory: null), Ct);

        var used = await _room.UsesAsync("small");
        used.Status!.InstancetypeRef.ShouldBe(
            new()
            {
                Name = "small",
                Kind = TypedRoom.Own,
                ControllerRevisionRef = used.Status.InstancetypeRef!.ControllerRevisionRef,
                InferFromVolume = "root",
                InferFromVolumeFailurePolicy = "Reject",
            }
        );
        used.Status.PreferenceRef!.Name.ShouldBe("cores");
        used.Spec.Instancetype!.Name.ShouldBeNull();
        await _room.InstanceAsync("96Mi");

        await plane.Client.ChangeStatusAsync<Host>(
            new(null, host),
            seen => seen with { Status = seen.Status! with { ImageDefaults = null } },
            Ct
        );
        await _room.PatchAsync(
            """{"metadata":{"labels":{"seen":"yes"}},"spec":{"template":{"spec":{"hostname":"a"}}}}"""
        );
        var still = await _room.UntilAsync(found => found.Status?.DesiredGeneration == 2);
        still.Status!.InstancetypeRef.ShouldBe(used.Status.InstancetypeRef);
        Conditions.Find(still.Status.Conditions, "Failure").ShouldBeNull();
    }

    [Fact]
    public async Task An_image_that_nobody_knows_is_refused_unless_that_is_to_be_ignored()
    {
        var refused = await Should.ThrowAsync<ApiException>(() =>
            plane.User.CreateAsync(Machine("Reject", memory: null, image: "quay.io/vireo/unknown:1"), Ct)
        );
        refused.Message.ShouldContain("no host has it in its store yet");

        await plane.User.CreateAsync(Machine("Ignore", memory: "80Mi", image: "quay.io/vireo/unknown:1"), Ct);
        await _room.InstanceAsync("80Mi");
    }

    [Fact]
    public async Task The_memory_of_a_machine_that_would_go_on_without_a_type_is_no_conflict()
    {
        await AddHostAsync();

        await plane.User.CreateAsync(Machine("Ignore", memory: "80Mi"), Ct);

        await _room.InstanceAsync("96Mi");
    }

    private async Task<string> AddHostAsync()
    {
        var name = "host-" + Guid.NewGuid().ToString("N")[..8];
        var status = Objects.Offer("True") with
        {
            ImageDefaults = new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [Image] = new Dictionary<string, string>
                {
                    [InferredMatchers.InstancetypeLabel] = "small",
                    [InferredMatchers.InstancetypeKindLabel] = TypedRoom.Own,
                    [InferredMatchers.PreferenceLabel] = "cores",
                    [InferredMatchers.PreferenceKindLabel] = "VirtualMachinePreference",
                },
            },
        };
        await plane.AddHostAsync(name, status, Objects.RenewedBefore(TimeSpan.Zero));
        await plane.UntilAsync<Host>(name, null, found => found.Status?.ImageDefaults is not null);
        return name;
    }

    private VirtualMachine Machine(string policy, string? memory, string image = Image)
    {
        var machine = TypedRoom.Machine(
            "vm",
            _room.Space,
            new() { InferFromVolume = "root", InferFromVolumeFailurePolicy = policy },
            new() { InferFromVolume = "root", InferFromVolumeFailurePolicy = policy },
            RunStrategy.Always
        );
        var spec = machine.Spec.Template.Spec;
        return machine with
        {
            Spec = machine.Spec with
            {
                Template = new()
                {
                    Spec = spec with
                    {
                        Domain = spec.Domain with
                        {
                            Memory = memory is null ? null : new() { Guest = Quantity.Parse(memory) },
                        },
                        Volumes =
                        [
                            new()
                            {
                                Name = "root",
                                ContainerDisk = new() { Image = image },
                            },
                        ],
                    },
                },
            },
        };
    }
}
