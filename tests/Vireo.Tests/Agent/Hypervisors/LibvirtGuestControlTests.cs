using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Runtime;
using Vireo.Tests.Libvirt;

namespace Vireo.Tests.Agent;

/// <summary>What a real QEMU does when it is acted on, and what it writes to its console.</summary>
public sealed class LibvirtGuestControlTests(PrivateLibvirtd daemon) : IClassFixture<PrivateLibvirtd>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly DomainId Id = new(new("default", "acted-on"), "u-acted-on");

    private readonly CancellationTokenSource _stop = new();
    private LibvirtHypervisor _hypervisor = null!;
    private Task _running = Task.CompletedTask;

    private DomainPaths Paths => new InstanceFolder(daemon.Folder, Id.Uid).Paths("u", "vireo");

    public async ValueTask InitializeAsync()
    {
        var link = new LibvirtLink(
            _ => Task.FromResult(new LibvirtEndpoint(daemon.Uri, $"{daemon.Folder}/var/log/libvirt/qemu")),
            TimeProvider.System,
            NullLogger.Instance
        );
        var network = new GuestNetwork("vireo", "vireo0", IPNetwork.Parse("10.77.0.0/24"));
        var connected = new TaskCompletionSource();
        _hypervisor = new(link, network, hasKvm: false, TimeProvider.System, NullLogger.Instance);
        _hypervisor.Connected += () => connected.TrySetResult();
        _running = _hypervisor.RunAsync(_stop.Token);
        await connected.Task.WaitAsync(Patience);
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _hypervisor.DestroyAsync(Id, CancellationToken.None);
        Directory.Delete(Path.GetDirectoryName(Paths.ConsoleLog)!, recursive: true);
        await _stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(_running);
        _stop.Dispose();
    }

    [Fact]
    public async Task A_guest_stands_still_when_it_is_paused_and_goes_on_also_when_told_twice()
    {
        var control = _hypervisor.Control;
        (await control.PauseAsync(Id, CancellationToken.None)).ShouldBeTrue();
        (await control.PauseAsync(Id, CancellationToken.None)).ShouldBeTrue();
        (await ObserveAsync()).PausedReason.ShouldBe("PausedByUser");
        (await control.ResumeAsync(Id, CancellationToken.None)).ShouldBeTrue();
        (await control.ResumeAsync(Id, CancellationToken.None)).ShouldBeTrue();
        (await ObserveAsync()).PausedReason.ShouldBeNull();
    }

    [Fact]
    public async Task Another_run_of_the_same_name_is_not_touched()
    {
        var other = Id with { Uid = "another" };
        (await _hypervisor.Control.PauseAsync(other, CancellationToken.None)).ShouldBeFalse();
        (await _hypervisor.Control.TakePictureAsync(other, CancellationToken.None)).ShouldBeNull();
        var absent = new DomainId(new("default", "absent"), "u");
        (await _hypervisor.Control.ResumeAsync(absent, CancellationToken.None)).ShouldBeFalse();
        (await ObserveAsync()).PausedReason.ShouldBeNull();
    }

    [Fact]
    public async Task The_screen_of_a_guest_becomes_a_png()
    {
        var picture = await _hypervisor.Control.TakePictureAsync(Id, CancellationToken.None);
        PngPicture.From(picture.ShouldNotBeNull()).AsSpan(1, 3).SequenceEqual("PNG"u8).ShouldBeTrue();
    }

    [Fact]
    public async Task A_guest_without_an_agent_says_so()
    {
        var control = _hypervisor.Control;
        foreach (
            var ask in (Func<Task>[])
                [
                    () => control.FreezeAsync(Id, CancellationToken.None),
                    () => control.ThawAsync(Id, CancellationToken.None),
                    () => control.AskAsync(Id, GuestQuestion.Everything, CancellationToken.None),
                ]
        )
        {
            var fault = await Should.ThrowAsync<GuestAgentException>(ask);
            fault.Fault.ShouldBe(GuestAgentFault.NotConnected);
        }
    }

    [Fact]
    public async Task The_log_holds_what_the_guest_wrote_and_may_be_cut_while_the_guest_runs()
    {
        using var log = new ConsoleLog(Paths.ConsoleLog);
        var text = "";
        await Poll.UntilAsync(() => (text += Read(log)).Contains("OK"), () => "the guest says nothing", Patience);
        log.Trim(limit: 0, kept: 100).ShouldBeTrue();
        new FileInfo(Paths.ConsoleLog).Length.ShouldBe(0);

        // After a reset the guest says the same again: QEMU appends where the log now ends.
        using (var connection = daemon.Open())
        using (var domain = connection.FindDomain(Id.Name))
        {
            domain!.Reset();
        }

        await Poll.UntilAsync(() => (text += Read(log)).Split("OK").Length == 3, () => $"it says '{text}'", Patience);
        File.ReadAllBytes(Paths.ConsoleLog).ShouldNotContain((byte)0);
    }

    [Fact]
    public async Task A_client_of_the_console_may_come_and_go_and_sees_the_end()
    {
        using var log = new ConsoleLog(Paths.ConsoleLog);
        await (await GuestSocket.ConnectAsync(Paths.ConsoleSocket, "console", CancellationToken.None)).DisposeAsync();
        await using var guest = await GuestSocket.ConnectAsync(Paths.ConsoleSocket, "console", CancellationToken.None);
        await guest.WriteAsync("typed"u8.ToArray());
        await _hypervisor.DestroyAsync(Id, CancellationToken.None);
        using var end = new CancellationTokenSource(Patience);
        while (await ReadAsync(guest, end.Token) > 0) { }
        await Should.ThrowAsync<ApiException>(() =>
            GuestSocket.ConnectAsync(Paths.ConsoleSocket, "console", CancellationToken.None)
        );
    }

    private static async Task<int> ReadAsync(NetworkStream guest, CancellationToken ct)
    {
        try
        {
            return await guest.ReadAsync(new byte[100], ct);
        }
        catch (IOException)
        {
            // QEMU was ended with bytes unread.
            return 0;
        }
    }

    private long _position;

    private string Read(ConsoleLog log)
    {
        var buffer = new byte[100];
        return System.Text.Encoding.ASCII.GetString(buffer, 0, log.Read(ref _position, buffer));
    }

    private async Task<ObservedDomain> ObserveAsync() =>
        (await _hypervisor.ObserveAsync(Id.Key, CancellationToken.None)).ShouldNotBeNull();

    private async Task StartAsync()
    {
        var instance = Samples.With(domain =>
            domain with
            {
                Memory = new() { Guest = Quantity.Parse("32Mi") },
                Firmware = new() { Uuid = Guid.NewGuid().ToString() },
            }
        );
        instance = instance with { Metadata = instance.Metadata with { Name = Id.Key.Name, Uid = Id.Uid } };
        new InstanceFolder(daemon.Folder, Id.Uid).Create();
        var disk = new PreparedDisk("root", ButtonGuest.Disk(daemon.Folder), "raw", false, 1 << 20, null);
        var facts = await _hypervisor.DescribeHostAsync(CancellationToken.None);
        var built = DomainXml.Build(new(instance, facts, [disk], Paths, UseEmulation: true));
        await _hypervisor.StartAsync(Id, built.Domain!, isPaused: false, CancellationToken.None);
    }
}
