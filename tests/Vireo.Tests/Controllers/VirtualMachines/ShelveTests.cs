using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Controllers.VirtualMachines;

/// <summary>Shelving from end to end, with an agent whose guests and disks are simulated.</summary>
public sealed class ShelveTests(ControlPlane plane) : IClassFixture<ControlPlane>, IAsyncLifetime
{
    private const string There = "registry.example:5000/shelf/vm:1";

    private RunningPart _agent = null!;
    private string _space = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _space = await plane.MakeNamespaceAsync();
        _agent = plane.RunAgent("simulated");
    }

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    [Theory]
    [InlineData(RunStrategy.Always)]
    [InlineData(RunStrategy.Manual)]
    [InlineData(RunStrategy.Once)]
    [InlineData(RunStrategy.RerunOnFailure)]
    public async Task A_machine_that_ran_comes_back_with_its_disks(RunStrategy strategy)
    {
        var first = await RunAsync(strategy);

        await ShelveAsync(new());
        var shelved = await InStateAsync("Shelved");
        await plane.UntilGoneAsync<VirtualMachineInstance>("vm", _space);

        shelved.Spec.RunStrategy.ShouldBe(strategy);
        shelved.Status!.SavedDisks!.Image.ShouldBe($"vireo-shelved/{_space}/vm:{first.Metadata.Uid}");
        shelved.Status.SavedDisks.Volumes!.ShouldHaveSingleItem().From.ShouldBe("quay.io/vireo/tiny:1.0");
        await AskAsync("unshelve");
        var back = await RunningAsync(first.Metadata.Uid!);
        back.Spec.Volumes![0].ContainerDisk!.Image.ShouldBe(shelved.Status.SavedDisks.Image);
        back.Status!.NodeName.ShouldBe("simulated");
        (await VmAsync()).Status!.Shelved.ShouldBeNull();
    }

    [Fact]
    public async Task A_machine_that_is_offloaded_is_bound_to_no_host()
    {
        await RunAsync();

        await ShelveAsync(new() { Offload = true, Image = There });
        var shelved = await InStateAsync("ShelvedOffloaded");

        var saved = shelved.Status!.SavedDisks!;
        (saved.Image, saved.Host).ShouldBe((There, null));
        Told(shelved).Message.ShouldBe($"Its disks are saved as {There}.");
        await AskAsync("unshelve");
        var back = await RunningAsync();
        back.Spec.NodeSelector.ShouldBeNull();
        back.Spec.Volumes![0].ContainerDisk!.Image.ShouldBe(There);
    }

    [Fact]
    public async Task A_shelved_machine_can_be_offloaded_later()
    {
        await RunAsync();
        await ShelveAsync(new());
        await InStateAsync("Shelved");

        await ShelveAsync(new() { Offload = true, Image = There });

        (await InStateAsync("ShelvedOffloaded")).Status!.SavedDisks!.Host.ShouldBeNull();
    }

    [Fact]
    public async Task Each_shelving_replaces_what_was_saved_before_and_a_rebuild_drops_it()
    {
        var before = await RunAsync();
        for (var times = 0; times < 2; times++)
        {
            await ShelveAsync(new());
            await InStateAsync("Shelved");
            await AskAsync("unshelve");
            before = await RunningAsync(before.Metadata.Uid!);
        }

        var second = (await VmAsync()).Status!.SavedDisks!;
        second.Volumes!.ShouldHaveSingleItem().From.ShouldBe("quay.io/vireo/tiny:1.0");
        before.Spec.Volumes![0].ContainerDisk!.Image.ShouldBe(second.Image);

        await AskAsync(
            "rebuild",
            new RebuildOptions { Image = "quay.io/vireo/tiny:2.0" },
            ApiJson.Default.RebuildOptions
        );

        var rebuilt = await RunningAsync(before.Metadata.Uid!);
        rebuilt.Spec.Volumes![0].ContainerDisk!.Image.ShouldBe("quay.io/vireo/tiny:2.0");
        var vm = await VmAsync();
        vm.Status!.SavedDisks.ShouldBeNull();
        vm.Spec.Template.Spec.Volumes![0].ContainerDisk!.Image.ShouldBe("quay.io/vireo/tiny:2.0");
    }

    [Fact]
    public async Task A_stopped_machine_is_shelved_at_once_and_stays_off()
    {
        await plane.User.CreateAsync(Machine(RunStrategy.Halted), Ct);

        await ShelveAsync(new());
        var shelved = await InStateAsync("Shelved");

        Told(shelved).Message.ShouldBe("Nothing had to be saved.");
        await plane.User.ChangeAsync<VirtualMachine>(
            new(_space, "vm"),
            vm => vm with { Spec = vm.Spec with { RunStrategy = RunStrategy.Always } },
            Ct
        );
        await plane.UntilAsync<VirtualMachine>("vm", _space, vm => vm.Status!.DesiredGeneration == 2);
        plane.Find<VirtualMachineInstance>("vm", _space).ShouldBeNull();
        await AskAsync("unshelve");
        await RunningAsync();
    }

    [Fact]
    public async Task A_machine_that_is_deleted_while_it_is_shelved_goes()
    {
        await RunAsync();
        await _agent.DisposeAsync();
        await ShelveAsync(new());
        await plane.UntilAsync<VirtualMachineInstance>("vm", _space, vmi => vmi.Metadata.DeletionTimestamp is not null);

        await plane.User.DeleteAsync<VirtualMachine>(new(_space, "vm"), null, Ct);
        _agent = plane.RunAgent("simulated");

        await plane.UntilGoneAsync<VirtualMachine>("vm", _space);
        await plane.UntilGoneAsync<VirtualMachineInstance>("vm", _space);
    }

    [Fact]
    public async Task Controllers_that_were_away_find_what_the_host_reported()
    {
        await RunAsync();
        await ShelveAsync(new());
        await plane.RestartControllersAsync();

        var shelved = await InStateAsync("Shelved");

        shelved.Status!.SavedDisks!.Image.ShouldNotBeNull();
    }

    private async Task<VirtualMachineInstance> RunAsync(RunStrategy strategy = RunStrategy.Always)
    {
        await plane.User.CreateAsync(Machine(strategy), Ct);
        if (strategy is RunStrategy.Manual)
        {
            await AskAsync("start");
        }

        return await RunningAsync();
    }

    private Task<VirtualMachineInstance> RunningAsync(string otherThan = "") =>
        plane.UntilAsync<VirtualMachineInstance>(
            "vm",
            _space,
            vmi => vmi.Status?.Phase is VirtualMachineInstancePhase.Running && vmi.Metadata.Uid != otherThan
        );

    private Task<VirtualMachine> InStateAsync(string state) =>
        plane.UntilAsync<VirtualMachine>(
            "vm",
            _space,
            vm =>
                vm.Status?.Shelved?.State == state && Conditions.Find(vm.Status.Conditions, "Shelved")?.Reason == state
        );

    private async Task<VirtualMachine> VmAsync() =>
        (await plane.User.FindAsync<VirtualMachine>(new(_space, "vm"), Ct)).ShouldNotBeNull();

    private static Condition Told(VirtualMachine vm) => Conditions.Find(vm.Status!.Conditions, "Shelved")!;

    private Task ShelveAsync(ShelveOptions options) => AskAsync("shelve", options, ApiJson.Default.ShelveOptions);

    private Task AskAsync(string action) => AskAsync(action, new StartOptions(), ApiJson.Default.StartOptions);

    private async Task AskAsync<T>(string action, T options, JsonTypeInfo<T> type)
    {
        var path = $"/apis/subresources.kubevirt.io/v1/namespaces/{_space}/virtualmachines/vm/{action}";
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(path, UriKind.Relative))
        {
            Content = new StringContent(JsonSerializer.Serialize(options, type)),
        };
        using var answer = await plane.User.SendAsync(request, Ct);
    }

    private VirtualMachine Machine(RunStrategy strategy)
    {
        var machine = Objects.Machine("vm", _space, strategy);
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
                            Devices = new()
                            {
                                Disks =
                                [
                                    new()
                                    {
                                        Name = "root",
                                        DiskDevice = new() { Bus = "virtio" },
                                    },
                                ],
                            },
                        },
                        Volumes =
                        [
                            new()
                            {
                                Name = "root",
                                ContainerDisk = new() { Image = "quay.io/vireo/tiny:1.0" },
                            },
                        ],
                    },
                },
            },
        };
    }
}
