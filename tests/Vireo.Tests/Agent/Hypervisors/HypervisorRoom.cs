using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;
using Vireo.Tests.Libvirt;

namespace Vireo.Tests.Agent;

/// <summary>The part of an agent that drives a real libvirt, with guests that do what their console is told.</summary>
internal sealed class HypervisorRoom : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly PrivateLibvirtd _daemon;
    private readonly Task _running;
    private int _connections;

    private HypervisorRoom(PrivateLibvirtd daemon)
    {
        _daemon = daemon;
        var link = new LibvirtLink(
            _ => Task.FromResult(new LibvirtEndpoint(daemon.Uri, $"{daemon.Folder}/var/log/libvirt/qemu")),
            TimeProvider.System,
            NullLogger.Instance
        );
        var network = new GuestNetwork("vireo", "vireo0", IPNetwork.Parse("10.77.0.0/24"));
        Hypervisor = new(link, network, hasKvm: false, TimeProvider.System, NullLogger.Instance);
        Hypervisor.Changed += Changes.Enqueue;
        Hypervisor.Connected += () => Interlocked.Increment(ref _connections);
        _running = Hypervisor.RunAsync(_stop.Token);
    }

    public LibvirtHypervisor Hypervisor { get; }

    public ConcurrentQueue<ResourceKey> Changes { get; } = new();

    public int Connections => _connections;

    public static async Task<HypervisorRoom> OpenAsync(PrivateLibvirtd daemon)
    {
        var room = new HypervisorRoom(daemon);
        await room.UntilAsync(() => room._connections > 0, "no connection");
        return room;
    }

    /// <summary>Starts a guest and waits until it obeys.</summary>
    public async Task<DomainId> StartAsync(string name, bool endsOnReboot, bool isGrowing = false)
    {
        var instance = Samples.With(domain =>
            domain with
            {
                Cpu = isGrowing ? domain.Cpu! with { Cores = 2, MaxSockets = 4 } : domain.Cpu,
                Memory = new()
                {
                    Guest = Quantity.Parse("32Mi"),
                    MaxGuest = isGrowing ? Quantity.Parse("100Mi") : null,
                },
                Firmware = new() { Uuid = Guid.NewGuid().ToString() },
                Devices = domain.Devices with { Interfaces = [] },
            }
        );
        instance = instance with
        {
            Metadata = instance.Metadata with { Name = name, Uid = $"u-{name}" },
            Spec = instance.Spec with { Networks = [] },
        };
        var id = new DomainId(ResourceKey.Of(instance), instance.Metadata.Uid);
        FolderOf(id).Create();
        var disk = new PreparedDisk("root", ButtonGuest.Disk(_daemon.Folder, name), "raw", false, 1 << 20, null);
        var facts = await Hypervisor.DescribeHostAsync(CancellationToken.None);
        var input = new DomainInput(instance, facts, [disk], PathsOf(id), UseEmulation: true)
        {
            EndsOnReboot = endsOnReboot,
        };
        var built = DomainXml.Build(input);
        built.Errors.ShouldBeEmpty();
        await Hypervisor.StartAsync(id, built.Domain!, isPaused: false, CancellationToken.None);
        await UntilBootedAsync(id, 1);
        return id;
    }

    /// <summary>Types a key on a guest's console, which is the caller's until the guest has obeyed.</summary>
    public async Task<IDisposable> TypeAsync(DomainId id, char key)
    {
        var console = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await console.ConnectAsync(new UnixDomainSocketEndPoint(PathsOf(id).ConsoleSocket));
        await console.SendAsync(new[] { (byte)key });
        return console;
    }

    public Task UntilBootedAsync(DomainId id, int times) =>
        UntilAsync(() => CountBoots(id) >= times, $"the guest did not boot {times} times");

    public int CountBoots(DomainId id) => ReadConsole(id).Split("OK").Length - 1;

    public async Task UntilGoneAsync(DomainId id)
    {
        using var end = new CancellationTokenSource(Patience);
        while (await Hypervisor.ObserveAsync(id.Key, end.Token) is not null)
        {
            await Task.Yield();
        }
    }

    public async Task<ObservedDomain> ObserveAsync(DomainId id) =>
        (await Hypervisor.ObserveAsync(id.Key, CancellationToken.None)).ShouldNotBeNull();

    /// <summary>What is known of an end: its state and its cause.</summary>
    public async Task<(GuestState?, string?)> FindEndAsync(DomainId id, DateTimeOffset since)
    {
        var end = await Hypervisor.FindEndAsync(id, since, CancellationToken.None);
        return (end?.State, end?.Cause.ToString());
    }

    public Task UntilAsync(Func<bool> isTrue, string otherwise) => Poll.UntilAsync(isTrue, () => otherwise, Patience);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(_running);
        _stop.Dispose();
    }

    private InstanceFolder FolderOf(DomainId id) => new(_daemon.Folder, id.Uid);

    private DomainPaths PathsOf(DomainId id) => FolderOf(id).Paths("u", "vireo");

    private string ReadConsole(DomainId id) =>
        File.Exists(PathsOf(id).ConsoleLog) ? File.ReadAllText(PathsOf(id).ConsoleLog) : "";
}
