using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Rules.MachineTypes.Machines;
using Phase = Vireo.Api.VirtualMachineInstancePhase;
using Verdict = Vireo.Rules.MachineTypeVerdict;

namespace Vireo.Tests.Rules.MachineTypes;

/// <summary>How machines stand before hosts are upgraded.</summary>
public sealed class MachineTypeAuditTests
{
    private static readonly Host[] Mixed = [Rhel9("nine"), Rhel10("ten")];

    [Theory]
    // Template, recorded, running; verdict and what the check exits with.
    [InlineData("q35", "pc-q35-rhel9.6.0", null, Verdict.Deprecated, 1)]
    [InlineData("q35", "pc-q35-rhel9.2.0", null, Verdict.OfferedBySome, 1)]
    [InlineData("q35", "pc-q35-rhel7.6.0", null, Verdict.NotOffered, 2)]
    [InlineData("q35", "pc-q35-9.2", null, Verdict.NotOffered, 2)]
    [InlineData("q35", "q35", null, Verdict.Alias, 1)]
    [InlineData("q35", null, "pc-q35-rhel9.6.0", Verdict.Deprecated, 1)]
    [InlineData("q35", "pc-q35-rhel9.6.0", "pc-q35-rhel7.6.0", Verdict.NotOffered, 2)]
    public void A_machine_is_audited_before_hosts_are_upgraded(
        string template,
        string? recorded,
        string? running,
        Verdict verdict,
        int exit
    )
    {
        var row = MachineTypeAudit.Of(
            Booted(Machine(template, recorded is null ? null : Record(recorded, template))),
            running is null ? null : Instance(template, running),
            Mixed,
            Pinned
        );

        row.Verdict.ShouldBe(verdict);
        row.Text.ShouldNotBeEmpty();
        row.Running.ShouldBe(running);
        MachineTypeAudit.ExitCode([row]).ShouldBe(exit);
    }

    [Theory]
    // What the template names; what the first boot would bring is well, or what is wrong with it.
    [InlineData("q35", Verdict.NotBooted, 0)]
    [InlineData(null, Verdict.NotBooted, 0)]
    [InlineData("pc-q35-8.2", Verdict.NotBooted, 0)]
    [InlineData("pc-q35-99.0", Verdict.NotOffered, 2)]
    [InlineData("virt", Verdict.NotOffered, 2)]
    [InlineData("pc-q35-6.2", Verdict.SoonRemoved, 1)]
    [InlineData("pc-q35-9.0", Verdict.OfferedBySome, 1)]
    public void A_machine_that_has_not_booted_is_recorded_by_its_first_boot_and_is_no_failure(
        string? template,
        Verdict verdict,
        int exit
    )
    {
        Host[] hosts = [WithQemu(Upstream("one"), "10.2.0"), WithQemu(Upstream("two"), "10.2.0")];
        hosts[0] = hosts[0] with
        {
            Status = hosts[0].Status! with
            {
                MachineTypes =
                [
                    .. hosts[0].Status!.MachineTypes!,
                    new() { Name = "pc-q35-9.0", Architecture = "amd64" },
                ],
            },
        };

        foreach (var machine in (VirtualMachine[])[Machine(template), Rebuilt(template)])
        {
            var row = MachineTypeAudit.Of(machine, null, hosts, Pinned);

            (row.Verdict, row.Recorded).ShouldBe((verdict, null), row.Text);
            row.Text.ShouldNotBeEmpty();
            MachineTypeAudit.ExitCode([row]).ShouldBe(exit);
        }
    }

    [Fact]
    public void A_machine_that_is_just_booting_is_recorded_by_its_domain_soon()
    {
        var row = MachineTypeAudit.Of(
            Booted(Machine("q35")),
            Instance("q35", null, Phase.Scheduling),
            [Upstream("one")],
            Pinned
        );

        row.Verdict.ShouldBe(Verdict.NotBooted);
    }

    [Fact]
    public void A_machine_that_has_booted_and_has_no_record_is_unset_and_told_why()
    {
        var unclear = MachineTypeAudit.Of(Booted(Machine("q35")), null, Mixed, Pinned);
        var clear = MachineTypeAudit.Of(Booted(Machine("q35")), null, [Upstream("one")], Pinned);

        (unclear.Verdict, clear.Verdict).ShouldBe((Verdict.Unset, Verdict.Unset));
        unclear.Text.ShouldContain("q35 means different versions on different hosts");
        clear.Text.ShouldBe("nothing is recorded: start the machine, or set a type");
        MachineTypeAudit.ExitCode([clear]).ShouldBe(2);
    }

    [Theory]
    // The type, the newest QEMU of the hosts, and whether one of its next releases drops it.
    [InlineData("pc-q35-5.0", "10.2.0", "QEMU 11.0 drops it")]
    [InlineData("pc-i440fx-6.2", "10.2.1", "QEMU 12.2 drops it")]
    [InlineData("pc-q35-7.0", "10.2.0", null)]
    [InlineData("pc-q35-7.0", "11.0.0", "QEMU 13.0 drops it")]
    [InlineData("pc-q35-4.0.1", "8.0.0", "QEMU 10.0 drops it")]
    [InlineData("pc-q35-4.0.1", "7.2.22", null)]
    [InlineData("pc-i440fx-2.12", "7.2.22", "QEMU 9.0 drops it")]
    [InlineData("pc-1.0", "7.2.22", "QEMU 7.0 drops it")]
    [InlineData("virt-6.2", "10.2.0", "QEMU 12.2 drops it")]
    // Kept by a distribution beyond its time.
    [InlineData("pc-q35-4.0", "11.0.0", "QEMU 10.0 drops it")]
    // What the vendors' next releases have.
    [InlineData("pc-q35-rhel8.6.0", "9.1.0", "the next release of RHEL has nothing before pc-q35-rhel9.0.0")]
    [InlineData("pc-i440fx-rhel7.6.0", null, "the next release of RHEL has nothing before pc-i440fx-rhel10.0.0")]
    [InlineData("virt-rhel9.2.0", null, "the next release of RHEL has nothing before virt-rhel9.4.0")]
    [InlineData("pc-q35-rhel9.0.0", "9.1.0", null)]
    [InlineData("pc-q35-focal", "10.2.0", "the next release of Ubuntu has nothing before pc-q35-jammy")]
    [InlineData("pc-q35-jammy", "10.2.0", null)]
    // What has no age.
    [InlineData("pc-q35-5.0", null, null)]
    [InlineData("q35", "10.2.0", null)]
    [InlineData("microvm", "10.2.0", null)]
    public void A_type_is_soon_removed_by_its_age_beside_the_QEMU_of_the_hosts(
        string type,
        string? qemu,
        string? because
    )
    {
        var text = MachineTypeRemovals.SoonOf(type, qemu is null ? null : Version.Parse(qemu));

        (text is null).ShouldBe(because is null, text);
        (text ?? "").ShouldStartWith(because ?? "");
    }

    [Theory]
    // QEMU of two hosts: the newer one drops it first.
    [InlineData("8.0.0", "8.0.0", Verdict.Ok, 0)]
    [InlineData("8.0.0", "10.2.0", Verdict.SoonRemoved, 1)]
    [InlineData(null, "10.2.0", Verdict.SoonRemoved, 1)]
    [InlineData(null, null, Verdict.Ok, 0)]
    public void A_type_that_is_soon_removed_is_a_warning_with_a_verdict_of_its_own(
        string? one,
        string? two,
        Verdict verdict,
        int exit
    )
    {
        var row = MachineTypeAudit.Of(
            Machine("q35", Record("pc-q35-6.2", "q35")),
            null,
            [WithQemu(Upstream("one"), one), WithQemu(Upstream("two"), two)],
            Pinned
        );

        row.Verdict.ShouldBe(verdict);
        row.Text.ShouldBe(
            verdict is Verdict.Ok ? "" : "pc-q35-6.2 is removed soon: QEMU 12.2 drops it, and a host has QEMU 10.2"
        );
        MachineTypeAudit.ExitCode([row]).ShouldBe(exit);
    }

    [Fact]
    public void A_machine_whose_type_every_host_offers_is_well()
    {
        var row = MachineTypeAudit.Of(Machine("q35", Record("pc-q35-8.2", "q35")), null, [Upstream("one")], Pinned);

        row.Verdict.ShouldBe(Verdict.Ok);
        row.Text.ShouldBeEmpty();
        MachineTypeAudit.ExitCode([row]).ShouldBe(0);
        MachineTypeAudit.ExitCode([]).ShouldBe(0);
    }

    [Fact]
    public void The_worst_machine_decides_what_a_check_exits_with()
    {
        var rows = new[] { "pc-q35-8.2", "pc-q35-1.0", "q35" }.Select(type =>
            MachineTypeAudit.Of(Machine("q35", Record(type, "q35")), null, [Upstream("one")], Pinned)
        );

        MachineTypeAudit.ExitCode(rows).ShouldBe(2);
    }

    [Fact]
    public void A_pending_type_is_audited_too() =>
        MachineTypeAudit
            .Of(
                Machine("q35", Record("pc-q35-8.2", "q35", pending: "pc-q35-99.0", pendingSource: "Update")),
                Instance("q35", "pc-q35-8.2"),
                [Upstream("one")],
                Pinned
            )
            .Verdict.ShouldBe(Verdict.NotOffered);

    [Theory]
    [InlineData("pc-q35-8.2", "pc-q35-9.2", true)]
    [InlineData("pc-q35-9.2", "pc-q35-9.2", false)]
    [InlineData("pc-i440fx-8.2", "pc-q35-9.2", false)]
    public void Machines_below_a_type_are_those_that_can_be_compared_and_are_older(
        string recorded,
        string minimum,
        bool isBelow
    ) =>
        MachineTypeAudit
            .Of(Machine("q35", Record(recorded, "q35")), null, [Upstream("one")], Pinned)
            .IsBelow(MachineType.Parse(minimum)!)
            .ShouldBe(isBelow);

    private static VirtualMachine Booted(VirtualMachine machine) =>
        machine with
        {
            Status = machine.Status! with { ObservedGeneration = 1, RunStrategy = RunStrategy.Halted },
        };

    private static VirtualMachine Rebuilt(string? template)
    {
        var machine = Booted(Machine(template));
        return machine with { Status = machine.Status! with { Rebuilt = true } };
    }

    private static Host WithQemu(Host host, string? version) =>
        host with
        {
            Status = host.Status! with { Hypervisor = version is null ? null : new() { QemuVersion = version } },
        };
}
