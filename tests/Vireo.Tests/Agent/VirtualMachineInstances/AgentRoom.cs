using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;
using Vireo.Tests.Libvirt;
using Vireo.Tests.Runtime;

namespace Vireo.Tests.Agent;

/// <summary>
/// A reconciler with everything it needs: an API in memory, a simulated hypervisor, a clock that stands.
/// </summary>
internal sealed class AgentRoom : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly string _state;
    private readonly Task _informing;

    public AgentRoom(AgentRoom? beside = null, string? seenNamespace = null)
    {
        Simulated = new(Samples.Host, Time);
        Hypervisor = beside?.Simulated ?? Simulated;
        _state = beside?._state ?? Directory.CreateTempSubdirectory("vireo-").FullName;
        Settings = new("node1", _state, "vireo", () => false)
        {
            Configuration = () => Configuration,
            BootId = "boot-1",
        };
        Instances = new(Api.Client, new ListQuery(seenNamespace), Time, NullLogger.Instance);
        _informing = Instances.RunAsync(_stop.Token);
        Reconciler = Build();
    }

    /// <summary>Told to the agent when it starts.</summary>
    public InstanceSettings Settings { get; set; }

    public FakeApi Api { get; } = new();

    public ManualTimeProvider Time { get; } = new();

    public SimulatedHypervisor Simulated { get; }

    public IHypervisor Hypervisor { get; }

    public Informer<VirtualMachineInstance> Instances { get; }

    public InstanceReconciler Reconciler { get; private set; }

    public PrepareDisks Prepare { get; set; } =
        (instance, folder, _) =>
            Task.FromResult<IReadOnlyList<PreparedDisk>>([
                .. (instance.Spec.Volumes ?? []).Select(v => new PreparedDisk(
                    v.Name,
                    $"{folder}/{v.Name}",
                    "raw",
                    false,
                    1,
                    null
                )),
            ]);

    public SaveDisks Save { get; set; } =
        (instance, folder, ct) => new SimulatedShelf("node1").SaveAsync(instance, folder, ct);

    public KubeVirtConfiguration Configuration { get; set; } = new();

    public GuestPower Power => new(Hypervisor, Settings, Time);

    public static ResourceKey Key { get; } = ResourceKey.Of(Samples.Instance);

    public InstanceFolder Folder => new(_state, Samples.Instance.Metadata.Uid!);

    /// <summary>How often the instance was written since it was made.</summary>
    public int Writes => Api.Count("PUT /apis/kubevirt.io/v1/namespaces/default/virtualmachineinstances/tiny");

    /// <summary>As after kill -9: nothing in memory is left.</summary>
    public void Restart() => Reconciler = Build();

    /// <summary>As after the host lost its power and came up again.</summary>
    public void RebootHost()
    {
        Simulated.LosePower();
        Settings = Settings with { BootId = "boot-2" };
        Restart();
    }

    public async Task CreateAsync(VirtualMachineInstance? instance = null)
    {
        await Api.Client.CreateAsync(instance ?? Samples.Instance, CancellationToken.None);
        await SyncAsync();
    }

    public async Task<VirtualMachineInstance> ReadAsync() =>
        (await Api.Client.FindAsync<VirtualMachineInstance>(Key, CancellationToken.None)).ShouldNotBeNull();

    public async Task ChangeAsync(Func<VirtualMachineInstance, VirtualMachineInstance> change)
    {
        await Api.Client.ChangeAsync(Key, change, CancellationToken.None);
        await SyncAsync();
    }

    public async Task RemoveAsync()
    {
        await Api.Client.DeleteAsync<VirtualMachineInstance>(Key, null, CancellationToken.None);
        await Poll.UntilAsync(() => Instances.Find(Key) is null, () => "it stays", TimeSpan.FromSeconds(30));
    }

    public Task DeleteAsync(long? grace = null) =>
        ChangeAsync(instance =>
            instance with
            {
                Metadata = instance.Metadata with { DeletionTimestamp = Time.GetUtcNow() },
                Spec = instance.Spec with { TerminationGracePeriodSeconds = grace },
            }
        );

    /// <summary>One pass, after the informer has what the API has.</summary>
    public async Task<Outcome> PassAsync()
    {
        await SyncAsync();
        return await Reconciler.ReconcileAsync(Key, CancellationToken.None);
    }

    /// <summary>Passes until there is nothing to do but wait.</summary>
    public async Task<Outcome> SettleAsync()
    {
        var version = "";
        while (true)
        {
            var outcome = await PassAsync();
            var now = (await Api.Client.FindAsync<VirtualMachineInstance>(Key, CancellationToken.None))
                ?.Metadata
                .ResourceVersion;
            if (outcome != Outcome.Progressed && now == version)
            {
                return outcome;
            }

            version = now;
        }
    }

    public async Task SyncAsync()
    {
        await Instances.WaitForSyncAsync(CancellationToken.None);
        var stored = await Api.Client.FindAsync<VirtualMachineInstance>(Key, CancellationToken.None);
        await Poll.UntilAsync(
            () => Instances.Find(Key)?.Metadata.ResourceVersion == stored?.Metadata.ResourceVersion,
            () => "the informer does not follow",
            TimeSpan.FromSeconds(30)
        );
    }

    public Condition? Told(VirtualMachineInstance instance, string type) =>
        Conditions.Find(instance.Status?.Conditions, type);

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
        if (ReferenceEquals(Hypervisor, Simulated))
        {
            Directory.Delete(_state, recursive: true);
        }
    }

    private InstanceReconciler Build()
    {
        var starter = new InstanceStarter(
            Hypervisor,
            (instance, folder, ct) => Prepare(instance, folder, ct),
            Settings,
            new(Hypervisor),
            Time
        );
        var events = new EventRecorder(Api.Client, "test", "node1", Time);
        var voice = new InstanceVoice(events, NullLogger.Instance);
        var ending = new InstanceEnding(
            Api.Client,
            starter,
            (instance, folder, ct) => Save(instance, folder, ct),
            Settings,
            voice,
            Time
        );
        return new(Api.Client, Instances, Hypervisor, new(starter, ending), Settings, voice, Time);
    }
}
