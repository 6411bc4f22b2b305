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
    private int _addresses;
    private int _starts;
    private int _presses;

    public event Action<ResourceKey>? Changed;

    public event Action? Connected;

    public string? Fault => null;

    /// <summary>How long a start takes.</summary>
    public TimeSpan StartTime { get; init; }

    /// <summary>How long a guest takes to obey the power button; null for guests that do not obey it.</summary>
    public TimeSpan? ShutDownTime { get; set; } = TimeSpan.Zero;

    /// <summary>Thrown by the next start, then forgotten.</summary>
    public HypervisorException? NextStartFailure { get; set; }

    /// <summary>How many domains were started so far.</summary>
    public int Starts => _starts;

    /// <summary>How often a power button was pressed so far.</summary>
    public int PowerButtonPresses => _presses;

    public Task RunAsync(CancellationToken ct)
    {
        Connected?.Invoke();
        return Task.Delay(Timeout.InfiniteTimeSpan, time, ct);
    }

    public Task<HostFacts> DescribeHostAsync(CancellationToken ct) => Task.FromResult(facts);

    public Task<ObservedDomain?> ObserveAsync(ResourceKey key, CancellationToken ct) =>
        Task.FromResult(_guests.GetValueOrDefault(key)?.Observe());

    public Task<IReadOnlyList<ObservedDomain>> ListAsync(CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<ObservedDomain>>([.. _guests.Values.Select(guest => guest.Observe())]);

    public Task<GuestState?> FindEndAsync(DomainId id, DateTimeOffset since, CancellationToken ct) =>
        Task.FromResult(
            _ends.TryGetValue(id.Key, out var end) && end.Uid == id.Uid && end.At >= since
                ? end.State
                : (GuestState?)null
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
        var machine = facts.MachineTypes.First(machine => machine.Name == type.Attribute("machine")!.Value);
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
            _ = time.CreateTimer(_ => End(id, GuestState.ShutDown), null, after, Timeout.InfiniteTimeSpan);
        }

        return Task.CompletedTask;
    }

    public Task DestroyAsync(DomainId id, CancellationToken ct)
    {
        End(id, GuestState.Destroyed);
        return Task.CompletedTask;
    }

    public Task<ObservedGuest?> AskGuestAsync(DomainId id, bool isAgentConnected, CancellationToken ct) =>
        Task.FromResult(_guests.TryGetValue(id.Key, out var guest) && guest.Id == id ? guest.Ask() : null);

    /// <summary>Lets the guest of a key end in some way, as guests do.</summary>
    public void End(DomainId id, GuestState how)
    {
        if (_guests.TryGetValue(id.Key, out var guest) && guest.Id == id && _guests.TryRemove(new(id.Key, guest)))
        {
            _uuids.TryRemove(guest.Uuid, out _);
            _ends[id.Key] = new(id.Uid, how, time.GetUtcNow());
            Changed?.Invoke(id.Key);
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
        if (!_guests.TryGetValue(id.Key, out var guest) || guest.Id != id)
        {
            return false;
        }

        guest.IsPaused = isPaused;
        Changed?.Invoke(id.Key);
        return true;
    }

    private sealed record SimulatedEnd(string Uid, GuestState State, DateTimeOffset At);

    private sealed class SimulatedGuest(DomainId id, XElement live, bool isPaused, int address)
    {
        public DomainId Id => id;

        public string Uuid { get; } = live.Element("uuid")!.Value;

        public bool IsAgentConnected { get; set; }

        public bool IsPaused { get; set; } = isPaused;

        public ObservedDomain Observe() =>
            ObservedDomain.Read(live, IsPaused ? "PausedByUser" : null) with
            {
                IsAgentConnected = IsAgentConnected,
            };

        public ObservedGuest Ask() =>
            new(
                IsAgentConnected ? new() { Id = "simulated", Name = "Simulated" } : null,
                [
                    .. Observe()
                        .Interfaces.Select(nic => new ObservedGuestInterface(
                            nic.Mac,
                            IsAgentConnected ? "eth0" : null,
                            [$"10.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"]
                        )),
                ]
            );
    }
}
