using System.Text.Json.Nodes;
using Vireo.Tests.ApiServer;
using Vireo.Tests.ApiServer.Acting;

namespace Vireo.Tests.Program;

/// <summary>`vireo machine-type` and `vireo host`: what is printed, and how they end.</summary>
public sealed class MachineTypeCommandTests : IAsyncLifetime
{
    private MachineTypeServer _types = null!;

    public async ValueTask InitializeAsync() => _types = await MachineTypeServer.StartAsync();

    public ValueTask DisposeAsync() => _types.DisposeAsync();

    [Fact]
    public async Task What_a_machine_has_is_shown_with_what_comes_next()
    {
        await _types.MakeAsync(strategy: "Always");
        await _types.RunAsync("a", "pc-q35-6.2");
        (await RunAsync("machine-type set a pc-q35-7.2 --at-next-boot")).Output.ShouldBe(
            "VM a: its machine type will be pc-q35-7.2 from its next boot on; it runs with pc-q35-6.2 until then\n"
        );

        var shown = await RunAsync("machine-type get a");

        shown.ExitCode.ShouldBe(0, shown.Error);
        shown.Lines.ShouldBe([
            ["NAME", "RECORDED", "SOURCE", "SINCE", "RUNNING", "NEXT BOOT", "TEMPLATE", "OFFERED BY"],
            ["a", "pc-q35-6.2", "Domain", "2026-01-02T03:04:05Z", "pc-q35-6.2", "pc-q35-7.2", "pc-q35-6.2", "h1"],
        ]);
    }

    [Fact]
    public async Task A_machine_without_a_record_is_shown_and_what_to_do_about_it()
    {
        await _types.MakeAsync(recorded: null);

        var shown = await RunAsync("machine-type get a");

        shown.ExitCode.ShouldBe(0, shown.Error);
        shown.Lines[1].ShouldContain("<none>");
        shown.Error.ShouldContain("'vireo machine-type set' records a type now");
    }

    [Theory]
    [InlineData("a pc-q35-7.2", 0, "it was pc-q35-6.2", "")]
    [InlineData("a pc-q35-6.2", 0, "is pc-q35-6.2 already", "")]
    [InlineData("a pc-q35-7.2 --dry-run", 0, "(dry run: nothing changed)", "")]
    [InlineData("a pc-q35-7.2 --from pc-q35-6.2", 0, "is now pc-q35-7.2", "")]
    [InlineData("nobody pc-q35-7.2", 1, "", "virtualmachine.kubevirt.io \"nobody\" not found")]
    [InlineData("a pc-q35-7.2 --sideways", 2, "", "--sideways")]
    [InlineData("run pc-q35-7.2", 3, "", "'vireo stop run --wait'")]
    [InlineData("a pc-i440fx-7.2", 4, "", "--force --dry-run")]
    [InlineData("a pc-q35-6.0", 4, "", "--force")]
    [InlineData("a q35", 4, "", "--force")]
    [InlineData("a pc-q35-rhel9.6.0", 4, "", "--force")]
    [InlineData("a pc-q35-99.9", 5, "", "vireo host machine-types")]
    [InlineData("a pc-q35-99.9 --force", 5, "", "vireo host machine-types")]
    [InlineData("a q/3/5", 5, "", "vireo host machine-types")]
    [InlineData("a", 5, "", "'vireo machine-type set a TYPE'")]
    [InlineData("a pc-q35-7.2 --from pc-q35-6.0", 6, "", "'vireo machine-type get a'")]
    public async Task An_update_ends_with_a_code_for_what_came_of_it(string what, int code, string says, string error)
    {
        await _types.MakeAsync();
        await _types.MakeAsync("run", strategy: "Always");
        await _types.RunAsync("run", "pc-q35-6.2");

        var update = await RunAsync($"machine-type set {what}");

        update.ExitCode.ShouldBe(code, update.Output + update.Error);
        update.Output.ShouldContain(says);
        update.Error.ShouldContain(error);
    }

    [Fact]
    public async Task What_is_forced_is_told_before_it_is_done()
    {
        await _types.MakeAsync();

        var trial = await RunAsync("machine-type set a pc-i440fx-7.2 --force --dry-run");
        (await _types.RecordAsync())!["resolved"]!.ToString().ShouldBe("pc-q35-6.2");
        var done = await RunAsync("machine-type set a pc-i440fx-7.2 --force");

        (trial.ExitCode, done.ExitCode).ShouldBe((0, 0));
        foreach (var told in (Printed[])[trial, done])
        {
            told.Error.ShouldStartWith("Warning: ");
            told.Output.ShouldStartWith("VM a: the guest finds its devices changed at its next boot:\nDEVICE ");
        }

        done.Output.ShouldEndWith("VM a: its machine type is now pc-i440fx-7.2; it was pc-q35-6.2\n");
        (await _types.RecordAsync())!["resolved"]!.ToString().ShouldBe("pc-i440fx-7.2");
    }

    [Fact]
    public async Task Programs_get_the_servers_answer()
    {
        await _types.MakeAsync();

        var update = await RunAsync("machine-type set a pc-q35-7.2 -o json");

        var answer = JsonNode.Parse(update.Output)!;
        answer["outcome"]!.ToString().ShouldBe("Updated");
        answer["previous"]!.ToString().ShouldBe("pc-q35-6.2");
        (await RunAsync("machine-type get a -o yaml")).Output.ShouldContain("\n  resolved: pc-q35-7.2\n");
    }

    [Theory]
    [InlineData("", "default/a default/b")]
    [InlineData("-A", "default/a default/b shop/c")]
    [InlineData("-n shop", "shop/c")]
    [InlineData("-A --unset", "shop/c")]
    [InlineData("-A --deprecated", "default/b")]
    [InlineData("-A --below pc-q35-6.2", "default/b")]
    [InlineData("-A --below pc-q35-7.2", "default/a default/b")]
    [InlineData("-l app=web", "default/a")]
    [InlineData("-l app!=web", "default/b")]
    public async Task A_list_shows_what_is_asked_for(string options, string machines)
    {
        await FleetAsync();

        var list = await RunAsync($"machine-type list {options}".TrimEnd());

        list.ExitCode.ShouldBe(0, list.Error);
        list.Lines.Skip(1).Select(line => $"{line[0]}/{line[1]}").ShouldBe(machines.Split(' '));
    }

    [Theory]
    [InlineData("--below q35", "no version")]
    [InlineData("--below q/3/5", "no name of a machine type")]
    public async Task A_minimum_that_is_none_is_typed_wrongly(string options, string says)
    {
        var list = await RunAsync($"machine-type list {options}");

        list.ExitCode.ShouldBe(2);
        list.Error.ShouldContain(says);
    }

    [Fact]
    public async Task A_check_tells_by_its_exit_code_how_all_machines_stand()
    {
        (await RunAsync("machine-type check")).ExitCode.ShouldBe(0);
        await _types.MakeAsync();
        var well = await RunAsync("machine-type check");
        await _types.MakeAsync("b", "pc-q35-6.0", "pc-q35-6.0");
        var warned = await RunAsync("machine-type check");
        await _types.MakeAsync("c", recorded: null);
        await _types.BootBeforeAsync("c");
        var unset = await RunAsync("machine-type check");

        (well.ExitCode, warned.ExitCode, unset.ExitCode).ShouldBe((0, 1, 2));
        well.Output.ShouldBe("Virtual machines: 1 (1 Ok). All are recorded, and every host offers them.\n");
        warned.Lines[1][..2].ShouldBe(["default", "b"]);
        warned.Output.ShouldContain("Virtual machines: 2 (1 Deprecated, 1 Ok)");
        unset.Lines[1][..2].ShouldBe(["default", "c"]);
    }

    [Fact]
    public async Task A_machine_that_has_not_booted_yet_does_not_fail_the_check_and_is_listed_without_a_record()
    {
        await _types.MakeAsync();
        await _types.MakeAsync("new", recorded: null);

        var check = await RunAsync("machine-type check");
        var list = await RunAsync("machine-type list --unset -o json");

        check.ExitCode.ShouldBe(0, check.Output);
        check.Output.ShouldBe(
            "Virtual machines: 2 (1 NotBooted, 1 Ok). All that have booted are recorded, and every host offers what each "
                + "has or will have.\n"
        );
        var only = JsonNode.Parse(list.Output)!.AsArray().Single()!;
        (only["name"]!.ToString(), only["verdict"]!.ToString()).ShouldBe(("new", "NotBooted"));
    }

    [Fact]
    public async Task A_type_that_is_soon_removed_is_a_warning_that_says_when()
    {
        await _types.MakeAsync();
        const string host = "/apis/vireo.dev/v1alpha1/hosts/h1/status";
        await _types.Server.OwnAsync("PATCH", host, """{"status":{"hypervisor":{"qemuVersion":"10.2.0"} } }""");

        var check = await RunAsync("machine-type check");
        var list = await RunAsync("machine-type list --deprecated");

        check.ExitCode.ShouldBe(1, check.Output);
        check.Output.ShouldContain("SoonRemoved");
        check.Output.ShouldContain("pc-q35-6.2 is removed soon: QEMU 12.2 drops it, and a host has QEMU 10.2");
        list.Lines.Skip(1).Select(line => line[1]).ShouldBe(["a"]);
    }

    [Fact]
    public async Task Setting_what_runs_takes_back_what_was_to_come_and_says_so()
    {
        await _types.MakeAsync(strategy: "Always");
        await _types.RunAsync("a", "pc-q35-6.2");
        await RunAsync("machine-type set a pc-q35-7.2 --at-next-boot");

        var back = await RunAsync("machine-type set a pc-q35-6.2 --at-next-boot");

        back.ExitCode.ShouldBe(0, back.Error);
        back.Output.ShouldBe(
            "VM a: its machine type is pc-q35-6.2 and stays so: what was to come at its next boot is withdrawn\n"
        );
        (await _types.RecordAsync())!["pending"].ShouldBeNull();
    }

    [Fact]
    public async Task How_a_refusal_is_forced_is_said_once()
    {
        await _types.MakeAsync();

        var refusal = await RunAsync("machine-type set a pc-q35-6.0");

        refusal.Error.ShouldEndWith(
            "To do it all the same, force it.\nSee first with --force --dry-run what the guest would find changed.\n"
        );
    }

    [Fact]
    public async Task A_type_that_no_host_offers_any_more_fails_the_check()
    {
        await _types.MakeAsync("b", "pc-q35-6.0", "pc-q35-6.0");
        await _types.OfferAsync("h1", "pc-q35-7.2");

        var check = await RunAsync("machine-type check -o json");

        check.ExitCode.ShouldBe(2, check.Error);
        var document = JsonNode.Parse(check.Output)!;
        ((int)document["exitCode"]!).ShouldBe(2);
        ((int)document["counts"]!["NotOffered"]!).ShouldBe(1);
        document["items"]![0]!["name"]!.ToString().ShouldBe("b");
        document["items"]![0]!["message"]!.ToString().ShouldContain("pc-q35-7.2");
    }

    [Fact]
    public async Task A_check_that_could_not_be_made_is_neither_well_nor_a_warning()
    {
        var check = await RunAsync("machine-type check --kubeconfig /nowhere/kubeconfig");

        check.ExitCode.ShouldBe(3, check.Error);
    }

    [Fact]
    public async Task Types_of_hosts_are_listed_in_order_with_who_offers_them()
    {
        await _types.OfferAsync("h1", "pc-q35-6.0", "pc-q35-7.2");
        await _types.OfferAsync("h2", "pc-q35-7.2", "pc-q35-10.1");

        var all = await RunAsync("host machine-types");
        var common = await RunAsync("host machine-types --common -o csv");
        var one = await RunAsync("host machine-types h2");

        all.Lines.ShouldBe([
            ["MACHINE TYPE", "MEANS", "ARCH", "DEPRECATED", "MAX CPUS", "HOSTS"],
            ["q35", "pc-q35-10.1 or pc-q35-7.2", "amd64", "all"],
            ["pc-q35-6.0", "amd64", "yes", "h1"],
            ["pc-q35-7.2", "amd64", "all"],
            ["pc-q35-10.1", "amd64", "h2"],
        ]);
        common.Output.ShouldBe(
            "machine type,means,arch,deprecated,max cpus,hosts\n"
                + "q35,pc-q35-10.1 or pc-q35-7.2,amd64,,,all\npc-q35-7.2,,amd64,,,all\n"
        );
        one.Lines.Skip(1).Select(line => line[0]).ShouldBe(["q35", "pc-q35-7.2", "pc-q35-10.1"]);
    }

    [Theory]
    [InlineData("nowhere", 1, "there is no host nowhere. Hosts: h1.")]
    [InlineData("h1 --common", 2, "leave out the host's name")]
    public async Task A_host_that_is_named_wrongly_is_told(string options, int code, string says)
    {
        var list = await RunAsync($"host machine-types {options}");

        list.ExitCode.ShouldBe(code);
        list.Error.ShouldContain(says);
    }

    /// <summary>a is labelled app=web and well, b is deprecated, c in namespace shop is unset.</summary>
    private async Task FleetAsync()
    {
        await _types.MakeAsync();
        await _types.Server.Api.MergeAsync(RunningServer.Vms + "/a", """{"metadata":{"labels":{"app":"web"} } }""");
        await _types.MakeAsync("b", "pc-q35-6.0", "pc-q35-6.0");
        await _types.Server.Api.PostAsync("/api/v1/namespaces", """{"metadata":{"name":"shop"} }""");
        var made = await _types.Server.Api.PostAsync(
            RunningServer.Vms.Replace("default", "shop"),
            RunningServer.Vm("c")
        );
        made.Code.ShouldBe(System.Net.HttpStatusCode.Created, made.Text);
    }

    private Task<Printed> RunAsync(string line) => _types.Server.Api.RunAsync(line);
}
