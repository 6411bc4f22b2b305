namespace Vireo.Acceptance;

/// <summary>The machine type that a guest boots with first is recorded, and is its own for life.</summary>
[Collection(ApartCollection.Name)]
public sealed class MachineTypeRecordTests(ApartHost host)
{
    private const string Newest = "pc-q35-7.2";
    private const string Older = "pc-q35-6.2";

    [Fact]
    public async Task A_guest_keeps_what_it_booted_with_first_whatever_the_default_becomes()
    {
        await using var guest = new MicroGuest(host, "mt-kept");
        await guest.StartAsync(guest.Typed(null));
        await using var alias = new MicroGuest(host, "mt-alias");
        await alias.StartAsync(alias.Typed("q35"));
        foreach (var each in (MicroGuest[])[guest, alias])
        {
            var first = await RecordedAsync(each, Newest);
            first.Source.ShouldBe("Domain");
            ((string?)first.Vm!["status"]!["machineType"]!["requested"]).ShouldBe(each == alias ? "q35" : null);
            ((string?)first.Vmi!["status"]!["machine"]!["type"]).ShouldBe(Newest);
        }

        await using var @default = await DefaultAsync(Older);
        host.KillNow();
        await host.StartAsync();

        foreach (var each in (MicroGuest[])[guest, alias])
        {
            (await each.StopAsync()).Recorded.ShouldBe(Newest);
            (await each.ActAsync("start")).ShouldBe(202);
            await each.BootedAsync();
            (await each.RunningTypeAsync()).ShouldBe(Newest);
        }

        var before = await guest.LookAsync();
        (await guest.ActAsync("restart", """{"gracePeriodSeconds":0}""")).ShouldBe(202);
        var restarted = await guest.SeenAsync(
            sight => sight.Phase == "Running" && sight.Uid != before.Uid,
            "restarted"
        );
        await guest.BootedAsync();
        await guest.TypeAsync(MicroGuest.Reboot);
        await guest.BootedAsync(times: 2);
        (await guest.ActOnInstanceAsync("reset")).ShouldBe(200);
        (await guest.BootedAsync(times: 3)).Uid.ShouldBe(restarted.Uid);
        (await guest.RunningTypeAsync()).ShouldBe(Newest);
        (await guest.LookAsync()).Recorded.ShouldBe(Newest);

        await using var later = new MicroGuest(host, "mt-later");
        await later.StartAsync(later.Typed(null));
        await RecordedAsync(later, Older);
        (await later.RunningTypeAsync()).ShouldBe(Older);
    }

    [Fact]
    public async Task Machines_of_an_older_version_are_recorded_when_the_program_starts()
    {
        await using var running = new MicroGuest(host, "mt-running");
        await using var paused = new MicroGuest(host, "mt-paused");
        await using var stopped = new MicroGuest(host, "mt-stopped");
        MicroGuest[] all = [running, paused, stopped];
        await using (await DefaultAsync(Older))
        {
            foreach (var each in all)
            {
                await each.StartAsync(each.Typed(null));
            }

            foreach (var each in all)
            {
                await RecordedAsync(each, Older);
            }
        }

        (await paused.ActOnInstanceAsync("pause")).ShouldBe(200);
        await paused.IsAsync("Paused");
        await stopped.StopAsync();
        host.KillNow();
        await host.StartServerAsync();
        foreach (var each in all)
        {
            (await host.Api.PatchAsync($"{each.VmPath}/status", """{"status":{"machineType":null}}""")).ShouldBe(200);
            (await each.LookAsync()).Recorded.ShouldBeNull();
        }

        host.KillNow();
        await host.StartAsync();

        (await RecordedAsync(running, Older, isBooted: false)).Source.ShouldBe("Domain");
        var seen = await RecordedAsync(paused, Older, isBooted: false);
        (seen.Source, seen.Status).ShouldBe(("Domain", "Paused"));
        // Nothing tells what it had: it gets what it would have booted with.
        (await RecordedAsync(stopped, Newest, isBooted: false)).Source.ShouldBe("BuiltIn");

        await running.StopAsync();
        (await running.ActAsync("start")).ShouldBe(202);
        await running.BootedAsync();
        (await running.RunningTypeAsync()).ShouldBe(Older);
    }

    [Fact]
    public async Task A_type_that_no_host_offers_waits_and_the_nearest_are_named()
    {
        await using var guest = new MicroGuest(host, "mt-nowhere");
        await guest.StartAsync(guest.Typed("pc-q35-7.9"));

        var waiting = await guest.SeenAsync(
            sight =>
                sight.Status == "ErrorUnschedulable" && sight.ToString().Contains(Newest, StringComparison.Ordinal),
            "it waits and says which types there are"
        );
        waiting.ToString().ShouldContain("pc-q35-7.9");

        await guest.PatchAsync("""{"spec":{"template":{"spec":{"domain":{"machine":{"type":"pc-q35-7.1"}}}}}}""");
        (await guest.ActAsync("restart")).Code.ShouldBeOneOf(202, 409);
        await guest.BootedAsync();
        (await guest.RunningTypeAsync()).ShouldBe("pc-q35-7.1");
    }

    [Fact]
    public async Task A_guest_boots_with_what_its_image_names_though_nobody_knew_the_image_before()
    {
        await using var registry = await Registry.StartAsync(host);
        var folder = Directory.CreateTempSubdirectory("vireo-image-");
        var layout = await Images.OfMicroGuestAsync(folder.FullName, "old-board", "hw_machine_type=pc");
        var image = await registry.PushAsync(layout, "guests/old-board:v1");
        await using var guest = new MicroGuest(host, "mt-image");

        await guest.StartAsync(guest.Document("Always", image: image));

        var sight = await guest.SeenAsync(seen => seen.Recorded is not null, "its type is recorded");
        (sight.Recorded, sight.Source).ShouldBe(("pc-i440fx-7.2", "Domain"));
        await Eventually.Holds(
            async () =>
            {
                var hosts = (await host.KubectlAsync("get", "hosts", "-o", "json")).ShouldSucceed().Output;
                return hosts.Contains($"\"{image}\": \"pc\"", StringComparison.Ordinal);
            },
            "the host tells what its images name"
        );
        (await host.RunAsync("image", "rm", image)).ShouldSucceed();
        folder.Delete(recursive: true);
    }

    private static async Task<Sight> RecordedAsync(MicroGuest guest, string type, bool isBooted = true)
    {
        if (isBooted)
        {
            await guest.BootedAsync();
        }

        return await guest.SeenAsync(sight => sight.Recorded == type, $"{type} is recorded");
    }

    /// <summary>Machines that name no type get this one, until it is disposed.</summary>
    private async Task<IAsyncDisposable> DefaultAsync(string type)
    {
        await ConfigureAsync($$$"""{"amd64":{"machineType":"{{{type}}}"}}""");
        return new Restored(() => ConfigureAsync("null"));
    }

    private async Task ConfigureAsync(string architectures)
    {
        var patch = """{"spec":{"configuration":{"architectureConfiguration":""" + architectures + "}}}";
        (
            await host.KubectlAsync("patch", "kubevirt", "kubevirt", "-n", "kubevirt", "--type", "merge", "-p", patch)
        ).ShouldSucceed();
    }

    private sealed class Restored(Func<Task> restore) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await restore();
    }
}
