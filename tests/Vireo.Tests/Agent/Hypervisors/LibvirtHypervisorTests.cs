using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;
using Vireo.Tests.Libvirt;

namespace Vireo.Tests.Agent;

/// <summary>What only a real daemon with real QEMU processes shows.</summary>
public sealed class LibvirtHypervisorTests(PrivateLibvirtd daemon) : IClassFixture<PrivateLibvirtd>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<ResourceKey> _changes = new();
    private readonly DateTimeOffset _begin = TimeProvider.System.GetUtcNow();
    private LibvirtHypervisor _hypervisor = null!;
    private Task _running = Task.CompletedTask;
    private int _connections;

    private string LogFolder => $"{daemon.Folder}/var/log/libvirt/qemu";

    public async ValueTask InitializeAsync()
    {
        var link = new LibvirtLink(
            _ => Task.FromResult(new LibvirtEndpoint(daemon.Uri, LogFolder)),
            TimeProvider.System,
            NullLogger.Instance
        );
        var network = new GuestNetwork("vireo", "vireo0", IPNetwork.Parse("10.77.0.0/24"));
        _hypervisor = new(link, network, hasKvm: false, TimeProvider.System, NullLogger.Instance);
        _hypervisor.Changed += _changes.Enqueue;
        _hypervisor.Connected += () => Interlocked.Increment(ref _connections);
        _running = _hypervisor.RunAsync(_stop.Token);
        await UntilAsync(() => _connections > 0, "no connection");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var left in await _hypervisor.ListAsync(CancellationToken.None))
        {
            await _hypervisor.DestroyAsync(left.Id, CancellationToken.None);
        }

        await _stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(_running);
        _stop.Dispose();
    }

    [Fact]
    public async Task The_host_says_what_it_offers()
    {
        var facts = await _hypervisor.DescribeHostAsync(CancellationToken.None);
        facts.NetworkFault.ShouldBeNull();
        facts.Cpus.ShouldBeGreaterThan(0);
        facts.MemoryBytes.ShouldBeGreaterThan(1 << 20);
        facts.Emulators.ShouldAllBe(emulator => emulator.Length > 0);
        facts.Emulators.Select(emulator => Path.GetFileName(emulator.Path)).ShouldContain("qemu-system-x86_64");
        facts.IsOutdated.ShouldBeFalse();
        var q35 = facts.FindMachineType(facts.Architecture, "q35").ShouldNotBeNull();
        facts.FindMachineType(facts.Architecture, q35.Canonical!)!.MaxCpus!.Value.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task A_guest_is_found_by_its_key_runs_to_its_end_and_tells_how_it_ended()
    {
        var instance = Instance("life", ButtonGuest.Disk(daemon.Folder));
        var id = await StartAsync(instance);
        var seen = (await _hypervisor.ObserveAsync(id.Key, CancellationToken.None)).ShouldNotBeNull();
        seen.Id.ShouldBe(id);
        seen.MachineType.ShouldStartWith("pc-q35-");
        seen.IsEmulated.ShouldBeTrue();
        seen.PausedReason.ShouldBeNull();
        seen.Disks.ShouldBe([new("root", "vda")]);
        seen.Interfaces.Single().Name.ShouldBe("default");
        (await _hypervisor.ListAsync(CancellationToken.None)).Select(domain => domain.Id).ShouldContain(id);
        (await _hypervisor.AskGuestAsync(id, false, CancellationToken.None)).ShouldNotBeNull().Os.ShouldBeNull();
        await UntilAsync(() => ReadConsole(instance).Contains("OK"), "the guest says nothing");

        await _hypervisor.ShutDownAsync(id with { Uid = "another" }, CancellationToken.None);
        await _hypervisor.ShutDownAsync(id, CancellationToken.None);
        await UntilGoneAsync(id);
        _changes.ShouldContain(id.Key);
        (await _hypervisor.FindEndAsync(id, _begin, CancellationToken.None))!.State.ShouldBe(GuestState.ShutDown);
        await _hypervisor.ShutDownAsync(id, CancellationToken.None);
        await _hypervisor.DestroyAsync(id, CancellationToken.None);
    }

    [Fact]
    public async Task A_guest_that_is_ended_or_killed_tells_so()
    {
        var ended = await StartAsync(Instance("ended"));
        await _hypervisor.DestroyAsync(ended, CancellationToken.None);
        (await _hypervisor.ObserveAsync(ended.Key, CancellationToken.None)).ShouldBeNull();
        (await _hypervisor.FindEndAsync(ended, _begin, CancellationToken.None))!.State.ShouldBe(GuestState.Destroyed);

        var killed = await StartAsync(Instance("killed"));
        await daemon.KillGuestAsync(killed.Name);
        await UntilGoneAsync(killed);
        (await _hypervisor.FindEndAsync(killed, _begin, CancellationToken.None))!.State.ShouldBe(GuestState.Crashed);
    }

    [Fact]
    public async Task A_guest_may_wait_paused_before_its_first_instruction()
    {
        var id = await StartAsync(Instance("paused"), isPaused: true);
        (await _hypervisor.ObserveAsync(id.Key, CancellationToken.None))!.PausedReason.ShouldBe("PausedByUser");
    }

    [Fact]
    public async Task A_second_domain_of_a_name_or_a_uuid_is_refused()
    {
        var first = Instance("twice");
        await StartAsync(first);
        var again = await Should.ThrowAsync<HypervisorException>(() => StartAsync(first));
        again.IsTransient.ShouldBeTrue();
        var other = first with { Metadata = first.Metadata with { Name = "other" } };
        (await Should.ThrowAsync<HypervisorException>(() => StartAsync(other))).Message.ShouldContain("UUID");
    }

    [Fact]
    public async Task A_guest_whose_disk_is_not_there_fails_to_start_and_says_why()
    {
        var id = new DomainId(new("default", "broken"), "u");
        var fault = await Should.ThrowAsync<HypervisorException>(() =>
            StartAsync(Instance("broken", "/nowhere/x.img"))
        );
        fault.Message.ShouldContain("/nowhere/x.img");
        fault.IsTransient.ShouldBeTrue();
        (await _hypervisor.ObserveAsync(id.Key, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_daemon_that_dies_is_connected_to_again_and_its_guests_have_not_noticed()
    {
        var id = await StartAsync(Instance("survivor"));
        var connections = _connections;
        await daemon.KillDaemonAsync();
        await UntilAsync(() => _hypervisor.Fault is not null, "the loss is not seen");
        var fault = await Should.ThrowAsync<HypervisorException>(() =>
            _hypervisor.ObserveAsync(id.Key, CancellationToken.None)
        );
        fault.IsUnreachable.ShouldBeTrue();
        await daemon.StartDaemonAsync();
        await UntilAsync(() => _connections > connections, "no new connection");
        (await _hypervisor.ListAsync(CancellationToken.None)).Single().Id.ShouldBe(id);
    }

    [Fact]
    public async Task Libvirt_takes_every_device_there_is()
    {
        var facts = await _hypervisor.DescribeHostAsync(CancellationToken.None);
        var instance = DomainXmlTests.Everything;
        instance = instance with
        {
            Metadata = instance.Metadata with { Name = "everything", Uid = "u-everything" },
            Spec = instance.Spec with
            {
                Domain = instance.Spec.Domain with
                {
                    // Hyper-V's features need KVM.
                    Features = instance.Spec.Domain.Features! with
                    {
                        Hyperv = null,
                    },

                    // Firmware and TPM come from packages that a host need not have.
                    Firmware = instance.Spec.Domain.Firmware! with
                    {
                        Uuid = Guid.NewGuid().ToString(),
                        Bootloader = facts.EfiFirmware.Any(file => file.IsSecureBoot) ? new() { Efi = new() } : null,
                    },
                    Devices = instance.Spec.Domain.Devices with { Tpm = facts.HasTpmEmulator ? new() : null },
                },
            },
        };
        var disk = ButtonGuest.Disk(daemon.Folder);
        var names = instance.Spec.Domain.Devices.Disks!.Select(wanted => wanted.Name);
        var disks = names.Select(name =>
        {
            var copy = $"{daemon.Folder}/{name}.img";
            File.Copy(disk, copy, overwrite: true);
            return new PreparedDisk(name, copy, "raw", ReadOnly: name == "cd", 1 << 20, null);
        });
        var id = await StartAsync(instance, isPaused: true, [.. disks]);
        var seen = (await _hypervisor.ObserveAsync(id.Key, CancellationToken.None)).ShouldNotBeNull();
        seen.Disks.Select(found => found.Name).ShouldBe(["root", "data", "cd", "usb", "scsi"], ignoreOrder: true);
        seen.Interfaces.Select(found => (found.Name, found.IsUp)).ShouldBe([("default", true), ("second", false)]);
        seen.Interfaces[0].Queues.ShouldBe(2);
    }

    [Fact]
    public async Task The_network_is_made_again_when_somebody_removed_it()
    {
        await _hypervisor.DescribeHostAsync(CancellationToken.None);
        using (var connection = daemon.Open())
        using (var network = connection.FindNetwork("vireo").ShouldNotBeNull())
        {
            network.Destroy();
        }

        await StartAsync(Instance("networked"));
    }

    private async Task<DomainId> StartAsync(
        VirtualMachineInstance instance,
        bool isPaused = false,
        IReadOnlyList<PreparedDisk>? disks = null
    )
    {
        var facts = await _hypervisor.DescribeHostAsync(CancellationToken.None);
        var folder = new InstanceFolder(daemon.Folder, instance.Metadata.Uid!);
        folder.Create();
        disks ??= instance.Metadata.Annotations?.GetValueOrDefault("disk") is { } disk
            ? [new("root", disk, "raw", false, 1 << 20, null)]
            : [];
        var built = DomainXml.Build(new(instance, facts, disks, folder.Paths("u", "vireo"), UseEmulation: true));
        built.Errors.ShouldBeEmpty();
        var id = new DomainId(ResourceKey.Of(instance), instance.Metadata.Uid!);
        await _hypervisor.StartAsync(id, built.Domain!, isPaused, CancellationToken.None);
        return id;
    }

    private static VirtualMachineInstance Instance(string name, string? disk = null)
    {
        var instance = Samples.With(domain =>
            domain with
            {
                Memory = new() { Guest = Quantity.Parse("32Mi") },
                Firmware = new() { Uuid = Guid.NewGuid().ToString() },
                Devices = domain.Devices with { Disks = disk is null ? [] : domain.Devices.Disks },
            }
        );
        return instance with
        {
            Metadata = instance.Metadata with
            {
                Name = name,
                Uid = $"u-{name}",
                Annotations = disk is null ? null : new Dictionary<string, string> { ["disk"] = disk },
            },
        };
    }

    private string ReadConsole(VirtualMachineInstance instance)
    {
        var log = new InstanceFolder(daemon.Folder, instance.Metadata.Uid!).Paths(null, "").ConsoleLog;
        return File.Exists(log) ? File.ReadAllText(log) : "";
    }

    private async Task UntilGoneAsync(DomainId id)
    {
        using var end = new CancellationTokenSource(Patience);
        while (await _hypervisor.ObserveAsync(id.Key, end.Token) is not null)
        {
            await Task.Yield();
        }
    }

    private static Task UntilAsync(Func<bool> isTrue, string otherwise) =>
        Poll.UntilAsync(isTrue, () => otherwise, Patience);
}
