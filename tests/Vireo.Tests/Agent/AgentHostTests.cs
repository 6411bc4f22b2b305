using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;
using Vireo.Tests.Libvirt;
using Vireo.Tests.Runtime;

namespace Vireo.Tests.Agent;

/// <summary>The agent whole: against an API in memory, simulated guests first, then real ones.</summary>
public sealed class AgentHostTests(PrivateLibvirtd daemon) : IClassFixture<PrivateLibvirtd>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly FakeApi _api = new();
    private readonly string _state = Directory.CreateTempSubdirectory("vireo-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    private AgentOptions Options =>
        new()
        {
            StateFolder = _state,
            NodeName = "node1",
            LibvirtUri = daemon.Uri,
        };

    [Fact]
    public async Task Many_simulated_guests_are_started_at_once_with_one_write_each()
    {
        const int count = 200;
        for (var index = 0; index < count; index++)
        {
            await CreateAsync($"vm-{index}");
        }

        await using (RunAgent(Options with { Simulated = true }))
        {
            await UntilAllAsync(count, instance => instance.Status!.Phase == VirtualMachineInstancePhase.Running);
        }

        var writes = _api.Count("PUT /apis/kubevirt.io/v1/namespaces/default/virtualmachineinstances/");

        // The second is the guest's address, which is not there at once.
        writes.ShouldBeInRange(count, 2 * count);
    }

    [Fact]
    public async Task The_host_says_where_its_agent_is_reached_and_it_is_reached_there()
    {
        await CreateAsync("reached");
        await using var agent = RunAgent(Options with { Simulated = true });
        await UntilAllAsync(1, instance => instance.Status!.Phase == VirtualMachineInstancePhase.Running);
        await UntilAsync<Host>(new(null, "node1"), host => host.Status?.Endpoint == $"unix://{_state}/agent.sock");
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint($"{_state}/agent.sock"), ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var http = new HttpClient(handler) { BaseAddress = new("http://agent") };
        using var answer = await http.PutAsync(DoorRoom.PathOf("pause", "reached"), null);
        answer.EnsureSuccessStatusCode();
        await UntilAllAsync(1, instance => Conditions.IsTrue(instance.Status!.Conditions, "Paused"));
        using var frozen = await http.PutAsync(DoorRoom.PathOf("freeze", "reached"), null);
        frozen.EnsureSuccessStatusCode();
        await UntilAllAsync(1, instance => instance.Status!.FsFreezeStatus == "frozen");
        using var thawed = await http.PutAsync(DoorRoom.PathOf("unfreeze", "reached"), null);
        thawed.EnsureSuccessStatusCode();
        await UntilAllAsync(1, instance => instance.Status!.FsFreezeStatus is null);
    }

    [Fact]
    public async Task An_agent_that_comes_back_finds_its_guest_running_and_ends_it_when_asked()
    {
        await CreateAsync("real");
        await using (RunAgent(Options))
        {
            await UntilAllAsync(1, instance => instance.Status!.Phase == VirtualMachineInstancePhase.Running);
            await UntilAsync<Host>(new(null, "node1"), host => Conditions.IsTrue(host.Status?.Conditions, "Ready"));
        }

        var run = FindRun();
        await using (RunAgent(Options))
        {
            await UntilAsync<Lease>(new("kube-node-lease", "node1"), lease => lease.Spec?.RenewTime is not null);
            FindRun().ShouldBe(run);
            await _api.Client.ChangeAsync<VirtualMachineInstance>(
                new("default", "real"),
                seen =>
                    seen with
                    {
                        Metadata = seen.Metadata with { DeletionTimestamp = TimeProvider.System.GetUtcNow() },
                        Spec = seen.Spec with { TerminationGracePeriodSeconds = 0 },
                    },
                CancellationToken.None
            );
            await UntilAllAsync(1, instance => instance.Metadata.Finalizers is { Count: 0 });
        }

        FindRun().ShouldBeNull();
        var ended = await _api.Client.FindAsync<VirtualMachineInstance>(new("default", "real"), CancellationToken.None);
        ended!.Status!.Phase.ShouldBe(VirtualMachineInstancePhase.Succeeded);
        Directory.GetDirectories(Path.Combine(_state, "instances")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_guest_that_is_to_end_by_its_reboot_succeeds_and_tells_that_it_rebooted()
    {
        await CreateAsync("real", domain => domain with { RebootPolicy = "Terminate" });
        await using (RunAgent(Options))
        {
            await UntilAllAsync(1, instance => instance.Status!.Phase == VirtualMachineInstancePhase.Running);
            ResetGuest();
            await UntilAllAsync(1, instance => instance.Metadata.Finalizers is { Count: 0 });
        }

        var ended = await _api.Client.FindAsync<VirtualMachineInstance>(new("default", "real"), CancellationToken.None);
        ended!.Status!.Phase.ShouldBe(VirtualMachineInstancePhase.Succeeded);
        ended.Status.Reason.ShouldBe("GuestRebooted");
        Conditions.Find(ended.Status.Conditions, "GuestRebooted")!.Reason.ShouldBe("Reset");
    }

    [Fact]
    public async Task A_state_folder_that_cannot_hold_sockets_is_refused_before_anything_is_done()
    {
        var options = Options with { StateFolder = "/" + new string('x', 80) };
        var fault = await Should.ThrowAsync<InvalidOperationException>(() =>
            AgentHost.RunAsync(options, _api.Client, NullLoggerFactory.Instance, TimeProvider.System, default)
        );
        fault.Message.ShouldContain("shorter path");
        _api.Requests.ShouldBeEmpty();
    }

    private void ResetGuest()
    {
        using var connection = daemon.Open();
        using var domain = connection.FindDomain("default_real").ShouldNotBeNull();
        _ = Record.Exception(domain.Reset); // QEMU may be gone before it has answered.
    }

    private Task CreateAsync(string name, Func<DomainSpec, DomainSpec>? change = null) =>
        _api.Client.CreateAsync(
            Samples.Instance with
            {
                Metadata = Samples.Instance.Metadata with { Name = name, Uid = $"u-{name}" },
                Spec = Samples.Instance.Spec with
                {
                    Volumes = [],
                    Domain = (change ?? (domain => domain))(
                        Samples.Instance.Spec.Domain with
                        {
                            Memory = new() { Guest = Quantity.Parse("32Mi") },
                            Firmware = new() { Uuid = Guid.NewGuid().ToString() },
                            Devices = Samples.Instance.Spec.Domain.Devices with { Disks = [] },
                        }
                    ),
                },
            },
            CancellationToken.None
        );

    private RunningAgent RunAgent(AgentOptions options)
    {
        var stop = new CancellationTokenSource();
        var run = AgentHost.RunAsync(options, _api.Client, NullLoggerFactory.Instance, TimeProvider.System, stop.Token);
        return new(run, stop);
    }

    /// <summary>libvirt's number of the run; null when the guest is gone.</summary>
    private int? FindRun()
    {
        using var connection = daemon.Open();
        using var domain = connection.FindDomain("default_real");
        return domain?.Id;
    }

    private async Task UntilAllAsync(int count, Func<VirtualMachineInstance, bool> isSo)
    {
        using var end = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await _api.Client.ListAsync<VirtualMachineInstance>(new(), end.Token)).Items.Count(isSo) < count)
        {
            await timer.WaitForNextTickAsync(end.Token);
        }
    }

    private async Task UntilAsync<T>(ResourceKey key, Func<T, bool> isSo)
        where T : class, IResource
    {
        using var end = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await _api.Client.FindAsync<T>(key, end.Token) is not { } found || !isSo(found))
        {
            await timer.WaitForNextTickAsync(end.Token);
        }
    }

    private sealed class RunningAgent(Task run, CancellationTokenSource stop) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            try
            {
                await run.WaitAsync(Patience);
            }
            catch (OperationCanceledException)
            {
                // As asked.
            }

            stop.Dispose();
        }
    }
}
