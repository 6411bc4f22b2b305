using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Runtime;
using Vireo.Tests.Runtime;
using Machines = Vireo.Tests.Rules.Samples;
using Shelves = Vireo.Tests.Rules.Shelves;

namespace Vireo.Tests.Agent;

/// <summary>Saved disks in the host's store: kept as long as somebody names them, copied away when asked.</summary>
public sealed class ShelfReconcilerTests : IAsyncDisposable
{
    private static readonly ResourceKey Key = new("default", "web");

    private readonly CancellationTokenSource _stop = new();
    private readonly FakeApi _api = new();
    private readonly TestImages _images = new();
    private readonly Informer<VirtualMachine> _machines;
    private readonly Task _informing;
    private readonly ShelfReconciler _shelf;

    public ShelfReconcilerTests()
    {
        _machines = new(_api.Client, new ListQuery(), TimeProvider.System, NullLogger.Instance);
        _informing = _machines.RunAsync(_stop.Token);
        _shelf = new(_api.Client, _machines, _images.Store, PushAsync, "node1", NullLogger.Instance);
    }

    private PushImage Push { get; set; } = (_, target, _, _) => Task.FromResult(target);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_machine_names_stays_and_what_none_names_goes()
    {
        await LoadAsync(Shelves.Image);
        await LoadAsync("vireo-shelved/default/web:older");
        await LoadAsync("vireo-shelved/default/other:u1");
        await LoadAsync("tiny:v1");
        await GivenAsync(Shelves.In(Machines.Machine(), null, Shelves.Saved));

        await PassAsync();

        Names().ShouldBe(["tiny:v1", "vireo-shelved/default/other:u1", Shelves.Image]);
        _shelf.Owners().ShouldBe([new("default", "other"), Key]);
    }

    [Fact]
    public async Task What_is_just_being_saved_stays_until_its_instance_is_gone()
    {
        await LoadAsync(Shelves.Image);
        await GivenAsync(Shelves.Shelving(Machines.Machine()));
        await _api.Client.CreateAsync(Machines.Instance(), Ct);

        await PassAsync();
        Names().ShouldBe([Shelves.Image]);
        await _api.Client.DeleteAsync<VirtualMachineInstance>(Key, null, Ct);
        await PassAsync();

        Names().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_machine_left_goes_with_it()
    {
        await LoadAsync(Shelves.Image);

        await PassAsync();

        Names().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("u1", "vm", true)]
    [InlineData("u2", "vm", false)]
    public async Task What_an_agent_may_not_see_it_judges_by_which_it_is(string? instance, string? machine, bool stays)
    {
        await LoadAsync("vireo-shelved/default/web:u1");
        await _machines.WaitForSyncAsync(Ct);
        await Eventually.HoldsAsync(() => _api.OpenWatches == 1, "nothing else asks");

        _api.RefuseNext(instance);
        _api.RefuseNext(machine);
        if (instance is null)
        {
            await Should.ThrowAsync<ApiException>(_shelf.ReconcileAsync(Key, Ct));
        }
        else
        {
            await _shelf.ReconcileAsync(Key, Ct);
        }

        Names().ShouldBe(stays ? ["vireo-shelved/default/web:u1"] : []);
    }

    [Fact]
    public async Task What_is_offloaded_is_named_by_its_copy_before_it_goes()
    {
        await LoadAsync(Shelves.Image);
        await GivenAsync(Offloading("registry.example/a:1", "key"));
        await _api.Client.CreateAsync(
            new Secret
            {
                Metadata = new() { Name = "key", Namespace = "default" },
                Data = new Dictionary<string, string> { [".dockerconfigjson"] = Convert.ToBase64String("{}"u8) },
            },
            Ct
        );
        var pushed = "";
        Push = (image, target, credentials, _) =>
        {
            Names().ShouldBe([Shelves.Image]);
            pushed = $"{image} {target} {credentials?.Length}";
            return Task.FromResult($"{target}@sha256:0");
        };

        await PassAsync();

        pushed.ShouldBe($"{Shelves.Image} registry.example/a:1 2");
        var saved = (await ReadAsync()).Status!.SavedDisks!;
        (saved.Image, saved.Host, saved.PullSecret).ShouldBe(("registry.example/a:1@sha256:0", null, "key"));
        await PassAsync();
        Names().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_copy_that_fails_is_told_and_tried_again()
    {
        await LoadAsync(Shelves.Image);
        await GivenAsync(Offloading("registry.example/a:1"));
        Push = (_, _, _, _) => throw new ImageException("no route to host", isTransient: true);

        (await PassAsync()).ShouldBe(new Outcome.Failed("FailedOffload", "no route to host"));

        (await ReadAsync()).Status!.Shelved!.Message.ShouldBe("no route to host");
        Names().ShouldBe([Shelves.Image]);
        var version = (await ReadAsync()).Metadata.ResourceVersion;
        await PassAsync();
        (await ReadAsync()).Metadata.ResourceVersion.ShouldBe(version, "it is told once");
    }

    [Fact]
    public async Task A_machine_that_came_back_while_its_disks_were_copied_keeps_them()
    {
        await LoadAsync(Shelves.Image);
        await GivenAsync(Offloading("registry.example/a:1"));
        Push = async (_, target, _, ct) =>
        {
            await _api.Client.ChangeStatusAsync<VirtualMachine>(
                Key,
                vm => vm with { Status = vm.Status! with { Shelved = null } },
                ct
            );
            return target;
        };

        await PassAsync();

        (await ReadAsync()).Status!.SavedDisks!.Host.ShouldBe("node1");
        Names().ShouldBe([Shelves.Image]);
    }

    [Fact]
    public async Task A_registry_gets_what_another_host_can_run()
    {
        await using var registry = await TestRegistry.StartAsync(needsPassword: true);
        await LoadAsync(Shelves.Image);
        var credentials = System.Text.Encoding.UTF8.GetBytes(registry.Credentials);
        var target = $"{registry.Address}/shelf/web:1";

        var copy = await _images.Store.PushAsync(Shelves.Image, target, credentials, Ct);

        copy.ShouldStartWith($"{target}@sha256:");
        using var elsewhere = new TestImages();
        await elsewhere.Store.PullAsync(copy, credentials, Ct);
        var link = Path.Combine(elsewhere.Folder, "disk");
        await new DiskCache(elsewhere.Store).LinkAsync(elsewhere.Store.Find(copy)!, "/disk/root.qcow2", link, Ct);
        (await File.ReadAllBytesAsync(link, Ct)).ShouldBe(TestImages.Disk());
        var refused = await Should.ThrowAsync<ImageException>(() =>
            _images.Store.PushAsync(Shelves.Image, target, null, Ct)
        );
        refused.IsTransient.ShouldBeTrue();
        refused.Message.ShouldContain(target);
    }

    [Fact]
    public async Task Two_copies_under_one_tag_are_told_apart()
    {
        await using var registry = await TestRegistry.StartAsync();
        var target = $"{registry.Address}/shelf/web:1";
        await LoadAsync("vireo-shelved/default/web:u1");
        await _images.LoadAsync("vireo-shelved/default/web:u2", TestLayer.With("disk/root.qcow2", TestImages.Disk(2)));

        var first = await _images.Store.PushAsync("vireo-shelved/default/web:u1", target, null, Ct);
        var second = await _images.Store.PushAsync("vireo-shelved/default/web:u2", target, null, Ct);

        second.ShouldNotBe(first);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _informing;
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }

        _stop.Dispose();
        _api.Dispose();
        _images.Dispose();
    }

    private static VirtualMachine Offloading(string target, string? secret = null) =>
        Shelves.In(
            Machines.Machine(),
            new()
            {
                State = "Offloading",
                Offload = true,
                OffloadTo = target,
                OffloadSecret = secret,
            },
            Shelves.Saved
        );

    private Task<string> PushAsync(string image, string target, byte[]? credentials, CancellationToken ct) =>
        Push(image, target, credentials, ct);

    private IEnumerable<string> Names() => _images.Store.List().Select(image => image.Name);

    private Task LoadAsync(string name) =>
        _images.LoadAsync(name, TestLayer.With("disk/root.qcow2", TestImages.Disk()));

    private Task GivenAsync(VirtualMachine machine) => _api.Client.CreateAsync(machine, Ct);

    private async Task<VirtualMachine> ReadAsync() =>
        (await _api.Client.FindAsync<VirtualMachine>(Key, Ct)).ShouldNotBeNull();

    private async Task<Outcome> PassAsync()
    {
        await _machines.WaitForSyncAsync(Ct);
        var stored = await _api.Client.FindAsync<VirtualMachine>(Key, Ct);
        await Eventually.HoldsAsync(
            () => _machines.Find(Key)?.Metadata.ResourceVersion == stored?.Metadata.ResourceVersion,
            "the informer follows"
        );
        return await _shelf.ReconcileAsync(Key, Ct);
    }
}
