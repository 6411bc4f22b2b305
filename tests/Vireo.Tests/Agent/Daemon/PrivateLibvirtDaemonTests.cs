using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Agent;
using Vireo.Libvirt;
using Vireo.Tests.Libvirt;

namespace Vireo.Tests.Agent;

/// <summary>The agent's own daemon, really started. It makes no network: that would be the host's.</summary>
public sealed class PrivateLibvirtDaemonTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _state = Directory.CreateTempSubdirectory("vireo-").FullName;
    private readonly PrivateLibvirtDaemon _daemon;

    public PrivateLibvirtDaemonTests() =>
        _daemon = new(_state, hidesKvm: true, TimeProvider.System, NullLogger.Instance);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await AgentHost.TearDownAsync(
            new() { StateFolder = _state, NodeName = "node1" },
            TimeSpan.Zero,
            NullLoggerFactory.Instance,
            TimeProvider.System,
            CancellationToken.None
        );
        Directory.Delete(_state, recursive: true);
    }

    [Fact]
    public async Task It_starts_once_is_found_again_and_is_started_again_when_it_has_died()
    {
        _daemon.IsInUse.ShouldBeFalse();
        await _daemon.EnsureRunningAsync(CancellationToken.None);
        _daemon.IsInUse.ShouldBeTrue();
        var pid = ReadPid();
        using (var connection = LibvirtConnection.Open(_daemon.Uri))
        {
            connection.GetCapabilities().ShouldNotContain("<domain type='kvm'");
            connection.CreateDomain(TinyGuest.Xml("survivor")).Dispose();
        }

        var another = new PrivateLibvirtDaemon(_state, hidesKvm: true, TimeProvider.System, NullLogger.Instance);
        await another.EnsureRunningAsync(CancellationToken.None);
        ReadPid().ShouldBe(pid);

        using (var process = Process.GetProcessById(pid))
        {
            process.Kill();
        }

        await Poll.UntilAsync(() => !_daemon.IsRunning, () => "it does not die", Patience);
        _daemon.IsInUse.ShouldBeTrue("it is wanted though it has died");
        await _daemon.EnsureRunningAsync(CancellationToken.None);
        ReadPid().ShouldNotBe(pid);
        using (var connection = LibvirtConnection.Open(_daemon.Uri))
        using (var guest = connection.FindDomain("survivor").ShouldNotBeNull())
        {
            guest.GetState().State.ShouldBe(DomainState.Running);
            try
            {
                guest.Destroy();
            }
            catch (LibvirtException e) when (e.IsNotFound)
            {
                // Right after its start the daemon may see the guest's death before we are told that it worked.
            }
        }
    }

    [Fact]
    public async Task Stopped_it_is_gone_and_no_longer_in_use()
    {
        await _daemon.StopAsync(CancellationToken.None);
        await _daemon.EnsureRunningAsync(CancellationToken.None);
        await _daemon.StopAsync(CancellationToken.None);
        _daemon.IsRunning.ShouldBeFalse();
        _daemon.IsInUse.ShouldBeFalse();
    }

    [Fact]
    public async Task A_state_folder_whose_socket_would_not_fit_is_refused_in_words()
    {
        var deep = Path.Combine(_state, new string('x', 80));
        var daemon = new PrivateLibvirtDaemon(deep, hidesKvm: true, TimeProvider.System, NullLogger.Instance);
        var fault = await Should.ThrowAsync<HypervisorException>(() =>
            daemon.EnsureRunningAsync(CancellationToken.None)
        );
        fault.Message.ShouldContain("shorter");
    }

    [Fact]
    public async Task Taken_down_with_all_an_agent_left_it_asks_guests_first()
    {
        await _daemon.EnsureRunningAsync(CancellationToken.None);
        var folder = new InstanceFolder(_state, Samples.Instance.Metadata.Uid!);
        folder.Create();
        var disk = new PreparedDisk("root", ButtonGuest.Disk(_state), "raw", false, 1 << 20, null);
        var instance = Samples.WithDevices(devices => devices with { Interfaces = [] });
        var built = DomainXml.Build(new(instance, Samples.Host, [disk], folder.Paths("u", "none"), UseEmulation: true));
        using (var connection = LibvirtConnection.Open(_daemon.Uri))
        {
            connection.CreateDomain(built.Domain.ShouldNotBeNull().ToString()).Dispose();
        }

        await Poll.UntilAsync(
            () =>
                File.Exists(folder.Paths("u", "").ConsoleLog)
                && File.ReadAllText(folder.Paths("u", "").ConsoleLog) != "",
            () => "the guest does not come up",
            Patience
        );
        await AgentHost.TearDownAsync(
            new() { StateFolder = _state, NodeName = "node1" },
            Patience,
            NullLoggerFactory.Instance,
            TimeProvider.System,
            CancellationToken.None
        );
        _daemon.IsInUse.ShouldBeFalse();
        (await File.ReadAllTextAsync(Path.Combine(_state, "libvirt/log/qemu/default_tiny.log"))).ShouldContain(
            "reason=shutdown"
        );
    }

    private int ReadPid() =>
        int.Parse(
            File.ReadAllText(Path.Combine(_state, "libvirt/run/libvirtd.pid")),
            System.Globalization.CultureInfo.InvariantCulture
        );
}
