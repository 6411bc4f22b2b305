using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>One VM is moved to another machine type by the command, and its guest follows.</summary>
[Collection(ApartCollection.Name)]
public sealed class MachineTypeUpdateTests(ApartHost host)
{
    [Fact]
    public async Task A_stopped_vm_is_moved_at_once_and_a_running_one_at_its_next_boot()
    {
        await using var guest = new MicroGuest(host, "mt-set");
        await guest.StartAsync(guest.Typed("pc-q35-6.2", "Halted"));
        await guest.IsAsync("Stopped");

        (await SetAsync("mt-set", "pc-q35-7.0")).ShouldSucceed().Output.ShouldContain("is now pc-q35-7.0");
        var moved = await guest.LookAsync();
        (moved.Recorded, moved.Source).ShouldBe(("pc-q35-7.0", "Update"));
        TemplateOf(moved).ShouldBe("pc-q35-6.2");

        (await guest.ActAsync("start")).ShouldBe(202);
        var first = await guest.BootedAsync();
        (await guest.RunningTypeAsync()).ShouldBe("pc-q35-7.0");
        await RefusedAsync();

        (await SetAsync("mt-set", "pc-q35-7.2", "--at-next-boot")).ShouldSucceed().Output.ShouldContain("next boot");
        var pending = await guest.SeenAsync(
            sight => sight.OfVm("RestartRequired") is not null,
            "it waits for a restart"
        );
        (pending.Recorded, pending.Pending).ShouldBe(("pc-q35-7.0", "pc-q35-7.2"));
        ((string?)pending.OfVm("RestartRequired")!["message"])!.ShouldContain("domain.machine.type");
        var shown = (await host.RunAsync("machine-type", "get", "mt-set")).ShouldSucceed().Output;
        shown.ShouldContain("pc-q35-7.0");
        shown.ShouldContain("pc-q35-7.2");

        // The reset button is no power-on: the guest keeps its board.
        await guest.TypeAsync(MicroGuest.Reboot);
        await guest.BootedAsync(times: 2);
        (await guest.RunningTypeAsync()).ShouldBe("pc-q35-7.0");
        (await guest.LookAsync()).Pending.ShouldBe("pc-q35-7.2");

        (await guest.ActAsync("restart", """{"gracePeriodSeconds":0}""")).ShouldBe(202);
        var second = await guest.SeenAsync(
            sight =>
                sight is { Phase: "Running", Recorded: "pc-q35-7.2", Pending: null }
                && sight.Uid != first.Uid
                && sight.OfVm("RestartRequired") is null,
            "it runs with the new type, and nothing waits"
        );
        (await guest.RunningTypeAsync()).ShouldBe("pc-q35-7.2");
        TemplateOf(second).ShouldBe("pc-q35-6.2");

        async Task RefusedAsync()
        {
            await RefuseAsync(3, "runs", "pc-q35-7.2");
            await RefuseAsync(4, "older", "pc-q35-6.2", "--at-next-boot");
            await RefuseAsync(4, "alias", "q35", "--at-next-boot");
            await RefuseAsync(4, "famil", "pc-i440fx-7.2", "--at-next-boot");
            await RefuseAsync(5, "pc-q35-7.2", "pc-q35-7.9", "--at-next-boot", "--force");
            await RefuseAsync(5, "no machine type", "no type", "--at-next-boot", "--force");
            await RefuseAsync(6, "pc-q35-7.0", "pc-q35-7.2", "--at-next-boot", "--from", "pc-q35-6.2");
            (await guest.LookAsync()).Recorded.ShouldBe("pc-q35-7.0");
        }

        async Task RefuseAsync(int code, string says, params string[] arguments)
        {
            var answer = await SetAsync("mt-set", arguments);
            answer.ExitCode.ShouldBe(code, $"{string.Join(' ', arguments)}: {answer.Error}");
            answer.Error.ShouldContain(says);
        }
    }

    [Fact]
    public async Task A_guest_moves_from_i440fx_to_q35_and_finds_its_disks()
    {
        const string gate = """{"spec":{"configuration":{"developerConfiguration":{"featureGates":["HostDisk"]}}}}""";
        (
            await host.KubectlAsync("patch", "kubevirt", "kubevirt", "-n", "kubevirt", "--type=merge", "-p", gate)
        ).ShouldSucceed();
        await using var guest = new Guest(host, "mt-family");
        var hostDisk = Path.Combine(host.HostDiskFolder, "mt-family.img");
        await guest.ApplyAsync(guest.Document(vm => OnOldBoard(vm["spec"]!["template"]!["spec"]!, hostDisk)));
        var before = await guest.BootedAsync();
        (await guest.RunningTypeAsync()).ShouldStartWith("pc-i440fx-");
        await guest.RunInGuestAsync("echo kept-on-the-way >/dev/vdb; sync");
        await guest.StopAsync();

        (await SetAsync("mt-family", "q35")).ExitCode.ShouldBe(4);
        var forced = (await SetAsync("mt-family", "q35", "--force")).ShouldSucceed();
        forced.Error.ShouldContain("Warning");
        foreach (var change in (string[])["PCI root", "disk root", "disk data", "interface default", "IDE controller"])
        {
            forced.Output.ShouldContain(change);
        }

        (await guest.ActAsync("start")).ShouldBe(202);
        var after = await guest.BootedAfterAsync(before);
        (await guest.RunningTypeAsync()).ShouldBe("pc-q35-7.2");
        (before.MachineType, after.MachineType).ShouldBe(("pc-i440fx-7.2", "pc-q35-7.2"));
        (await host.VirshAsync("dumpxml", "default_mt-family")).ShouldContain("model='pcie-root'");
        await guest.RunInGuestAsync("head -n 1 /dev/vdb");
        (await guest.ConsoleLogAsync()).ShouldContain("kept-on-the-way");
        await guest.SeenAsync(sight => sight.Recorded == "pc-q35-7.2", "the new board is recorded");
    }

    [Fact]
    public async Task A_deprecated_type_is_warned_of_and_one_that_nobody_offers_is_a_failure()
    {
        await using var guest = new MicroGuest(host, "mt-old");
        await guest.StartAsync(guest.Typed("pc-i440fx-1.7", "Halted"));
        await guest.IsAsync("Stopped");
        (await SetAsync("mt-old", "pc-i440fx-1.7")).ShouldSucceed();

        var check = await host.RunAsync("machine-type", "check", "-n", "default");

        check.ExitCode.ShouldBe(1, $"{check.Output}\n{check.Error}");
        check.Output.ShouldContain("mt-old");
        check.Output.ShouldContain("SoonRemoved");
        check.Output.ShouldContain("is deprecated and removed soon");
        var list = (await host.RunAsync("machine-type", "list", "--deprecated")).ShouldSucceed().Output;
        list.ShouldContain("mt-old");

        await guest.PatchAsync("""{"spec":{"template":{"spec":{"domain":{"machine":{"type":"pc-i440fx-9.9"}}}}}}""");
        await guest.SeenAsync(sight => sight.Recorded == "pc-i440fx-9.9", "the owner's wish is recorded");
        check = await host.RunAsync("machine-type", "check", "-n", "default", "-o", "json");
        check.ExitCode.ShouldBe(2, $"{check.Output}\n{check.Error}");
        check.Output.ShouldContain("NotOffered");
    }

    private Task<CommandResult> SetAsync(string name, params string[] arguments) =>
        host.RunAsync(["machine-type", "set", name, .. arguments]);

    private static string? TemplateOf(Sight sight) =>
        (string?)sight.Vm!["spec"]!["template"]!["spec"]!["domain"]!["machine"]?["type"];

    private static void OnOldBoard(JsonNode spec, string hostDisk)
    {
        spec["domain"]!["machine"] = new JsonObject { ["type"] = "pc" };
        spec["domain"]!["devices"]!["disks"]!
            .AsArray()
            .Add(JsonNode.Parse("""{"name":"data","disk":{"bus":"virtio"}}"""));
        var volume =
            $$$"""{"name":"data","hostDisk":{"path":"{{{hostDisk}}}","type":"DiskOrCreate","capacity":"8Mi"}}""";
        spec["volumes"]!.AsArray().Add(JsonNode.Parse(volume));
    }
}
