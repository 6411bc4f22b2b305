using System.Collections.Concurrent;
using System.Xml.Linq;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>A hypervisor that only remembers: thousands of guests on a laptop, for tests of speed and scale.</summary>
/// <remarks>
/// It refuses what libvirt would refuse: a second domain of a name or of a uuid. Its guests run until they are told to
/// end; they obey the power button after <see cref="ShutDownTime"/>.
/// </remarks>
/// <param name="facts">The host it plays.</param>
/// <param name="time">Times starts and ends.</param>
internal sealed class SimulatedHypervisor(HostFacts facts, TimeProvider time) : IHypervisor
{
    private readonly ConcurrentDictionary<ResourceKey, SimulatedGuest> _guests = new();
    private readonly ConcurrentDictionary<ResourceKey, SimulatedEnd> _ends = new();
    private readonly ConcurrentDictionary<string, ResourceKey> _uuids = new(StringComparer.Ordinal);
    private volatile HostFacts _facts = facts;
    private int _addresses;
    private int _starts;
    private int _presses;
    private int _plugs;

    public event Action<ResourceKey>? Changed;

    public event Action? Connected;

    public string? Fault => null;

    /// <summary>How long a start takes.</summary>
    public TimeSpan StartTime { get; init; }

    /// <summary>How long a guest takes to obey the power button; null for guests that do not obey it.</summary>
    public TimeSpan? ShutDownTime { get; set; } = TimeSpan.Zero;

    /// <summary>Thrown by the next start, then forgotten.</summary>
    public HypervisorException? NextStartFailure { get; set; }

    /// <summary>Thrown by whatever is plugged; null while plugging works.</summary>
    public HypervisorException? PlugFault { get; set; }

    /// <summary>How many vCPUs can be plugged before <see cref="PlugFault"/>.</summary>
    public int VcpusBeforeFault { get; set; }

    /// <summary>False for guests that take no memory and give none back.</summary>
    public bool TakesMemory { get; set; } = true;

    /// <summary>How many of the plugged vCPUs agents in guests bring online; null for those that cannot tell.</summary>
    public Func<int, int?> BringsOnline { get; set; } = plugged => plugged;

    /// <summary>How often something was plugged, or was tried to be.</summary>
    public int Plugs => _plugs;

    /// <summary>How many domains were started so far.</summary>
    public int Starts => _starts;

    /// <summary>How often a power button was pressed so far.</summary>
    public int PowerButtonPresses => _presses;

    public Task RunAsync(CancellationToken ct)
    {
        Connected?.Invoke();
        return Task.Delay(Timeout.InfiniteTimeSpan, time, ct);
    }

    public Task<HostFacts> DescribeHostAsync(CancellationToken ct) => Task.FromResult(_facts);

    public Task<ObservedDomain?> ObserveAsync(ResourceKey key, CancellationToken ct) =>
        Task.FromResult(_guests.GetValueOrDefault(key)?.Observe());

    public Task<IReadOnlyList<ObservedDomain>> ListAsync(CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<ObservedDomain>>([.. _guests.Values.Select(guest => guest.Observe())]);

    public Task<GuestEnd?> FindEndAsync(DomainId id, DateTimeOffset since, CancellationToken ct) =>
        Task.FromResult(
            _ends.TryGetValue(id.Key, out var end) && end.Uid == id.Uid && end.How.At >= since ? end.How : null
        );

    public async Task StartAsync(DomainId id, XElement domain, bool isPaused, CancellationToken ct)
    {
        if (StartTime > TimeSpan.Zero)
        {
            await Task.Delay(StartTime, time, ct);
        }

        if (NextStartFailure is { } failure)
        {
            NextStartFailure = null;
            throw failure;
        }

        var live = new XElement(domain);
        var type = live.Element("os")!.Element("type")!;
        var machine = _facts.MachineTypes.First(machine => machine.Name == type.Attribute("machine")!.Value);
        type.SetAttributeValue("machine", machine.Canonical ?? machine.Name);
        var guest = new SimulatedGuest(id, live, isPaused, Interlocked.Increment(ref _addresses));
        if (!_uuids.TryAdd(guest.Uuid, id.Key) || !_guests.TryAdd(id.Key, guest))
        {
            throw new HypervisorException(
                $"domain '{id.Name}' already exists with uuid {guest.Uuid}",
                isTransient: true
            );
        }

        Interlocked.Increment(ref _starts);
        Changed?.Invoke(id.Key);
    }

    public Task ShutDownAsync(DomainId id, CancellationToken ct)
    {
        Interlocked.Increment(ref _presses);
        if (ShutDownTime is { } after && _guests.TryGetValue(id.Key, out var guest) && guest.Id == id)
        {
            _ = time.CreateTimer(
                _ => End(id, GuestState.ShutDown, EndCause.GuestShutdown),
                null,
                after,
                Timeout.InfiniteTimeSpan
            );
        }

        return Task.CompletedTask;
    }

    public Task DestroyAsync(DomainId id, CancellationToken ct)
    {
        End(id, GuestState.Destroyed);
        return Task.CompletedTask;
    }

    /// <summary>Obeyed at once; where a reboot ends the domain, the guest powers off, as libvirt has it.</summary>
    public Task<bool> RebootAsync(DomainId id, RebootRequest by, CancellationToken ct) =>
        Task.FromResult(Reboot(id, EndCause.GuestShutdown));

    public Task<bool> ResetAsync(DomainId id, CancellationToken ct) => Task.FromResult(Reboot(id, EndCause.HostReset));

    public Task<bool> PlugVcpusAsync(DomainId id, int count, CancellationToken ct)
    {
        Interlocked.Increment(ref _plugs);
        var guest = Find(id);
        guest?.Plug(PlugFault is null ? count : guest.Observe().Vcpus!.Count + VcpusBeforeFault);
        return PlugFault is { } fault ? throw fault : Task.FromResult(guest is not null);
    }

    public Task<int?> BringVcpusOnlineAsync(DomainId id, CancellationToken ct) =>
        Task.FromResult(Find(id) is { } guest ? BringsOnline(guest.Observe().Vcpus!.Count) : null);

    public Task<bool> RequestMemoryAsync(DomainId id, long bytes, CancellationToken ct)
    {
        Interlocked.Increment(ref _plugs);
        if (PlugFault is { } fault)
        {
            throw fault;
        }

        var guest = Find(id);
        guest?.Request(bytes);
        if (TakesMemory)
        {
            TakeMemory(id, bytes);
        }

        return Task.FromResult(guest is not null);
    }

    /// <summary>Lets a guest have this much of the memory it was asked to have.</summary>
    public void TakeMemory(DomainId id, long bytes)
    {
        Find(id)?.Take(bytes);
        Changed?.Invoke(id.Key);
    }

    public Task<ObservedGuest?> AskGuestAsync(DomainId id, bool isAgentConnected, CancellationToken ct) =>
        Task.FromResult(Find(id)?.Ask());

    /// <summary>Lets the guest of a key end in some way, as guests do.</summary>
    public void End(DomainId id, GuestState how, EndCause cause = EndCause.Unknown)
    {
        if (_guests.TryGetValue(id.Key, out var guest) && guest.Id == id && _guests.TryRemove(new(id.Key, guest)))
        {
            _uuids.TryRemove(guest.Uuid, out _);
            _ends[id.Key] = new(id.Uid, new(how, cause, time.GetUtcNow()));
            Changed?.Invoke(id.Key);
        }
    }

    /// <summary>Lets a guest start over, or end if that is what its reboot comes to; false when it is gone.</summary>
    public bool Reboot(DomainId id, EndCause cause = EndCause.GuestReboot)
    {
        if (Find(id) is not { } guest)
        {
            return false;
        }

        if (guest.Observe().EndsOnReboot)
        {
            End(id, GuestState.ShutDown, cause);
            return true;
        }

        guest.LastReset = new(time.GetUtcNow(), IsByHost: cause != EndCause.GuestReboot);
        Changed?.Invoke(id.Key);
        return true;
    }

    /// <summary>The host's QEMU is another from now on: guests that run keep what they have.</summary>
    public void Upgrade(HostFacts next)
    {
        _facts = next;
        Connected?.Invoke();
    }

    /// <summary>Every guest is gone, without a word of how.</summary>
    public void LosePower()
    {
        foreach (var key in _guests.Keys.ToList())
        {
            if (_guests.TryRemove(key, out var guest))
            {
                _uuids.TryRemove(guest.Uuid, out _);
                _ends[key] = new(guest.Id.Uid, new(GuestState.Absent, At: time.GetUtcNow()));
            }
        }
    }

    /// <summary>Lets the agent in a guest begin to talk.</summary>
    public void ConnectAgent(ResourceKey key)
    {
        _guests[key].IsAgentConnected = true;
        Changed?.Invoke(key);
    }

    /// <summary>Lets a guest wait or go on; false when it is gone.</summary>
    public bool SetPaused(DomainId id, bool isPaused)
    {
        if (Find(id) is not { } guest)
        {
            return false;
        }

        guest.IsPaused = isPaused;
        Changed?.Invoke(id.Key);
        return true;
    }

    /// <summary>How a guest stands.</summary>
    public GuestStand StandOf(DomainId id) =>
        !_guests.TryGetValue(id.Key, out var guest) || guest.Id != id ? new(GuestPlace.Absent)
        : guest.IsHalted ? new(GuestPlace.Halted, guest.IsMoving)
        : new(guest.IsPaused ? GuestPlace.Paused : GuestPlace.Running, guest.IsMoving);

    /// <summary>A guest's description; null when it is gone.</summary>
    public XElement? Describe(DomainId id) =>
        _guests.TryGetValue(id.Key, out var guest) && guest.Id == id ? guest.Describe() : null;

    /// <summary>A guest is to come from another host: it stands still until all of it is there.</summary>
    public void Expect(DomainId id, XElement domain)
    {
        var guest = new SimulatedGuest(id, new(domain), isPaused: false, Interlocked.Increment(ref _addresses))
        {
            IsHalted = true,
            IsMoving = true,
        };
        if (!_uuids.TryAdd(guest.Uuid, id.Key) || !_guests.TryAdd(id.Key, guest))
        {
            throw new HypervisorException($"domain '{id.Name}' already exists", isTransient: true);
        }

        Changed?.Invoke(id.Key);
    }

    /// <summary>Halts a guest for a move, or lets it go on; false when it is gone.</summary>
    public bool SetMoving(DomainId id, bool isHalted, bool isMoving)
    {
        if (!_guests.TryGetValue(id.Key, out var guest) || guest.Id != id)
        {
            return false;
        }

        (guest.IsHalted, guest.IsMoving) = (isHalted, isMoving);
        Changed?.Invoke(id.Key);
        return true;
    }

    private SimulatedGuest? Find(DomainId id) =>
        _guests.TryGetValue(id.Key, out var guest) && guest.Id == id ? guest : null;

    private sealed record SimulatedEnd(string Uid, GuestEnd How);
}
