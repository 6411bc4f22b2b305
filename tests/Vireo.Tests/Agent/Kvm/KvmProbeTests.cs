using Vireo.Agent;

namespace Vireo.Tests.Agent;

public sealed class KvmProbeTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("vireo-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task The_guest_of_the_probe_runs_to_its_end_where_the_accelerator_works() =>
        (await Run(Command.Find("qemu-system-x86_64")!, "tcg")).ShouldBeTrue();

    [Fact]
    public async Task A_QEMU_that_does_not_know_the_accelerator_proves_nothing() =>
        (await Run(Command.Find("qemu-system-x86_64")!, "no-such-accelerator")).ShouldBeFalse();

    [Fact]
    public async Task A_guest_that_hangs_is_killed_and_counts_as_no()
    {
        var hangs = Path.Combine(_state, "hangs");
        await File.WriteAllTextAsync(hangs, "#!/bin/sh\nexec sleep 1000\n");
        File.SetUnixFileMode(hangs, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var probe = new KvmProbe(_state, TimeProvider.System);
        (
            await probe.RunGuestAsync(hangs, "kvm", TimeSpan.FromMilliseconds(50), CancellationToken.None)
        ).ShouldBeFalse();
    }

    [Fact]
    public async Task The_finding_is_kept_and_believed()
    {
        var probe = new KvmProbe(_state, TimeProvider.System);
        var works = await probe.WorksAsync(CancellationToken.None);
        if (!File.Exists("/dev/kvm"))
        {
            works.ShouldBeFalse();
            return;
        }

        var path = Path.Combine(_state, "kvm-probe.json");
        var finding = await File.ReadAllTextAsync(path);
        await File.WriteAllTextAsync(
            path,
            finding.Replace($"\"works\": {(works ? "true" : "false")}", $"\"works\": {(works ? "false" : "true")}")
        );
        (await probe.WorksAsync(CancellationToken.None)).ShouldBe(!works);
    }

    private Task<bool> Run(string qemu, string accelerator) =>
        new KvmProbe(_state, TimeProvider.System).RunGuestAsync(
            qemu,
            accelerator,
            TimeSpan.FromSeconds(30),
            CancellationToken.None
        );
}
