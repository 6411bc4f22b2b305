using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;
using Vireo.Tests.Libvirt;
using Vireo.Tests.Runtime;

namespace Vireo.Tests.Agent;

public sealed class HostRegistrationTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeApi _api = new();
    private readonly ManualTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();
    private HostFacts _facts = Samples.Host;
    private string? _fault;
    private bool _areFactsMissing;
    private Task _running = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(_running);
        _stop.Dispose();
    }

    [Fact]
    public async Task A_host_is_known_as_Node_and_Host_with_what_it_offers()
    {
        Start();
        var host = await UntilAsync<Host>(found => found.Status?.MachineTypes is not null);
        Conditions.IsTrue(host.Status!.Conditions, "Ready").ShouldBeTrue();
        Conditions.Find(host.Status.Conditions, "SoftwareEmulation")!.Reason.ShouldBe("NoKVM");
        host.Status.Hypervisor!.Type.ShouldBe("qemu");
        host.Status.Hypervisor.QemuVersion.ShouldBe("7.2.22");
        host.Status.Capacity!["memory"].ToString().ShouldBe("8Gi");
        host.Status.Allocatable!["memory"].Value.ShouldBeLessThan(8L << 30);
        host.Status.MachineTypes!.Single(type => type.Name == "q35").Canonical.ShouldBe("pc-q35-7.2");
        host.Status.MachineTypeSummary!.Newest.ShouldBe("pc-q35-7.2");

        var node = await UntilAsync<Node>(found => found.Status?.NodeInfo is not null);
        node.Metadata.Labels!["kubernetes.io/hostname"].ShouldBe("node1");
        node.Metadata.Labels["kubernetes.io/arch"].ShouldBe("amd64");
        node.Metadata.Labels["machine-type.node.kubevirt.io/pc-q35-7.2"].ShouldBe("true");
        node.Metadata.Labels["machine-type.node.kubevirt.io/pc-i440fx-1.4"].ShouldBe("deprecated");
        node.Status!.Conditions!.Single(condition => condition.Type == "Ready").Status.ShouldBe("True");
        node.Status.NodeInfo!.ContainerRuntimeVersion.ShouldBe("libvirt://9.0.0 qemu/7.2.22");
    }

    [Fact]
    public async Task The_lease_is_renewed_with_each_heartbeat_and_nothing_else_is_written()
    {
        Start();
        var first = await UntilAsync<Lease>(lease => lease.Spec?.RenewTime is not null);
        first.Spec!.HolderIdentity.ShouldBe("node1");
        first.Spec.LeaseDurationSeconds.ShouldBe(40);
        await PausesAsync();
        var writes = _api.Count("PUT /api/v1/nodes") + _api.Count("PUT /apis/vireo.dev");
        _time.Advance(HostRegistration.HeartbeatPeriod);
        var next = await UntilAsync<Lease>(lease => lease.Spec!.RenewTime > first.Spec.RenewTime);
        (next.Spec!.RenewTime - first.Spec.RenewTime).ShouldBe(HostRegistration.HeartbeatPeriod);
        (_api.Count("PUT /api/v1/nodes") + _api.Count("PUT /apis/vireo.dev")).ShouldBe(writes);
    }

    [Fact]
    public async Task A_host_that_was_given_up_says_with_the_next_heartbeat_that_it_is_ready()
    {
        Start();
        await UntilAsync<Host>(found => found.Status?.MachineTypes is not null);
        await PausesAsync();
        var lost = new Condition { Type = "Ready", Status = "Unknown" };
        await _api.Client.ChangeStatusAsync<Host>(
            new(null, "node1"),
            seen => seen with { Status = seen.Status! with { Conditions = [lost] } },
            CancellationToken.None
        );
        _time.Advance(HostRegistration.HeartbeatPeriod);
        await UntilAsync<Host>(found => Conditions.IsTrue(found.Status!.Conditions, "Ready"));
    }

    [Fact]
    public async Task Labels_that_others_put_on_the_node_stay_and_machine_types_that_are_gone_go()
    {
        await _api.Client.CreateAsync(
            new Node
            {
                Metadata = new()
                {
                    Name = "node1",
                    Labels = new Dictionary<string, string>
                    {
                        ["zone"] = "a",
                        [HostReport.MachineTypeLabel + "pc-q35-2.4"] = "true",
                    },
                },
            },
            CancellationToken.None
        );
        Start();
        var node = await UntilAsync<Node>(found => found.Metadata.Labels?.Count > 2);
        node.Metadata.Labels!["zone"].ShouldBe("a");
        node.Metadata.Labels.Keys.ShouldNotContain(HostReport.MachineTypeLabel + "pc-q35-2.4");
    }

    [Fact]
    public async Task A_host_whose_QEMU_was_upgraded_says_with_the_next_heartbeat_what_it_offers_now()
    {
        var folder = Directory.CreateTempSubdirectory("vireo-qemu-");
        var program = Path.Combine(folder.FullName, "qemu-system-x86_64");
        await File.WriteAllTextAsync(program, "7.2");
        _facts = Samples.Host with { Emulators = [FileStamp.Look(program)] };
        Start();
        await UntilAsync<Node>(found => found.Status?.NodeInfo is not null);
        await PausesAsync();

        // Of another length: a clock of the file system that ticks slowly may give both files one time.
        await File.WriteAllTextAsync($"{program}.dpkg-new", "9.2, newer");
        File.Move($"{program}.dpkg-new", program, overwrite: true);
        _facts = Samples.Host with
        {
            QemuVersion = new(9, 2, 0),
            MachineTypes = [new() { Name = "pc-q35-9.2", Architecture = "amd64" }],
            Emulators = [FileStamp.Look(program)],
        };

        var host = await UntilAsync<Host>(found => found.Status?.Hypervisor?.QemuVersion == "9.2.0", Beat);
        host.Status!.MachineTypes!.ShouldHaveSingleItem().Name.ShouldBe("pc-q35-9.2");
        var node = await UntilAsync<Node>(found =>
            found.Metadata.Labels!.ContainsKey(HostReport.MachineTypeLabel + "pc-q35-9.2")
        );
        node.Metadata.Labels!.Keys.ShouldNotContain(HostReport.MachineTypeLabel + "q35");
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_hypervisor_that_never_answered_is_told_at_once()
    {
        _fault = "libvirt is not installed; install it";
        Start();
        var host = await UntilAsync<Host>(found => found.Status?.Conditions is not null);
        var ready = Conditions.Find(host.Status!.Conditions, "Ready")!;
        (ready.Status, ready.Reason, ready.Message).ShouldBe(
            ("False", "HypervisorUnavailable", "libvirt is not installed; install it")
        );
    }

    [Fact]
    public async Task A_host_is_not_ready_before_it_is_known_what_it_offers()
    {
        _areFactsMissing = true;
        Start();
        var host = await UntilAsync<Host>(found => found.Status?.Conditions is not null);
        Conditions.Find(host.Status!.Conditions, "Ready")!.Status.ShouldBe("False");
    }

    [Fact]
    public async Task A_hypervisor_that_goes_is_told_only_when_it_stays_away()
    {
        var registration = Start();
        await UntilAsync<Host>(found => found.Status?.MachineTypes is not null);
        await PausesAsync();
        _fault = "libvirt does not answer";
        registration.Look();
        await Poll.UntilAsync(() => _time.NextIn <= TimeSpan.FromSeconds(5), () => "no look", Patience);
        Conditions.IsTrue((await FindAsync<Host>())!.Status!.Conditions, "Ready").ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(5));
        await UntilAsync<Host>(found => !Conditions.IsTrue(found.Status!.Conditions, "Ready"));
        _fault = null;
        registration.Look();
        await UntilAsync<Host>(found => Conditions.IsTrue(found.Status!.Conditions, "Ready"));
    }

    [Fact]
    public async Task A_host_that_cannot_make_a_network_says_so()
    {
        _facts = Samples.Host with { NetworkFault = "no dnsmasq." };
        Start();
        var host = await UntilAsync<Host>(found => found.Status?.MachineTypes is not null);
        Conditions.Find(host.Status!.Conditions, "GuestNetwork")!.Message!.ShouldContain("no dnsmasq.");
        Conditions.IsTrue(host.Status.Conditions, "Ready").ShouldBeTrue();
    }

    [Fact]
    public async Task A_server_that_is_down_is_told_when_it_is_back()
    {
        _api.IsDown = true;
        Start();
        await PausesAsync();
        _api.IsDown = false;
        _time.Advance(HostRegistration.HeartbeatPeriod);
        await UntilAsync<Host>(found => found.Status?.MachineTypes is not null);
    }

    private HostRegistration Start()
    {
        var hypervisor = new Described(this);
        var registration = new HostRegistration(
            _api.Client,
            hypervisor,
            new(hypervisor),
            new("node1", "/nowhere", "vireo", () => false),
            _time,
            NullLogger.Instance
        );
        _running = registration.RunAsync(_stop.Token);
        return registration;
    }

    private Task PausesAsync() => Poll.UntilAsync(() => _time.WaitingTimers > 0, () => "no pause", Patience);

    private Task<T?> FindAsync<T>()
        where T : class, IResource =>
        _api.Client.FindAsync<T>(
            new(typeof(T) == typeof(Lease) ? "kube-node-lease" : null, "node1"),
            CancellationToken.None
        );

    /// <summary>The next heartbeat is due, as soon as the one before is told.</summary>
    private void Beat()
    {
        if (_time.WaitingTimers > 0)
        {
            _time.Advance(HostRegistration.HeartbeatPeriod);
        }
    }

    private async Task<T> UntilAsync<T>(Func<T, bool> isSo, Action? betweenLooks = null)
        where T : class, IResource
    {
        using var end = new CancellationTokenSource(Patience);
        while (true)
        {
            if (await FindAsync<T>() is { } found && isSo(found))
            {
                return found;
            }

            end.Token.ThrowIfCancellationRequested();
            betweenLooks?.Invoke();
            await Task.Yield();
        }
    }

    /// <summary>The simulated hypervisor, with facts and faults as a test wants them.</summary>
    private sealed class Described(HostRegistrationTests test) : IHypervisor
    {
        private readonly SimulatedHypervisor _rest = new(Samples.Host, test._time);

        public event Action<ResourceKey>? Changed
        {
            add => _rest.Changed += value;
            remove => _rest.Changed -= value;
        }

        public event Action? Connected
        {
            add => _rest.Connected += value;
            remove => _rest.Connected -= value;
        }

        public string? Fault => test._fault;

        public Task<HostFacts> DescribeHostAsync(CancellationToken ct) =>
            test._fault is null && !test._areFactsMissing
                ? Task.FromResult(test._facts)
                : throw new HypervisorException(test._fault ?? "too early", isTransient: true);

        public Task RunAsync(CancellationToken ct) => _rest.RunAsync(ct);

        public Task<ObservedDomain?> ObserveAsync(ResourceKey key, CancellationToken ct) => _rest.ObserveAsync(key, ct);

        public Task<IReadOnlyList<ObservedDomain>> ListAsync(CancellationToken ct) => _rest.ListAsync(ct);

        public Task<GuestEnd?> FindEndAsync(DomainId id, DateTimeOffset since, CancellationToken ct) =>
            _rest.FindEndAsync(id, since, ct);

        public Task StartAsync(DomainId id, System.Xml.Linq.XElement domain, bool isPaused, CancellationToken ct) =>
            _rest.StartAsync(id, domain, isPaused, ct);

        public Task ShutDownAsync(DomainId id, CancellationToken ct) => _rest.ShutDownAsync(id, ct);

        public Task DestroyAsync(DomainId id, CancellationToken ct) => _rest.DestroyAsync(id, ct);

        public Task<bool> RebootAsync(DomainId id, RebootRequest by, CancellationToken ct) =>
            _rest.RebootAsync(id, by, ct);

        public Task<bool> ResetAsync(DomainId id, CancellationToken ct) => _rest.ResetAsync(id, ct);

        public Task<bool> PlugVcpusAsync(DomainId id, int count, CancellationToken ct) =>
            _rest.PlugVcpusAsync(id, count, ct);

        public Task<int?> BringVcpusOnlineAsync(DomainId id, CancellationToken ct) =>
            _rest.BringVcpusOnlineAsync(id, ct);

        public Task<bool> RequestMemoryAsync(DomainId id, long bytes, CancellationToken ct) =>
            _rest.RequestMemoryAsync(id, bytes, ct);

        public Task<ObservedGuest?> AskGuestAsync(DomainId id, bool isAgentConnected, CancellationToken ct) =>
            _rest.AskGuestAsync(id, isAgentConnected, ct);
    }
}
