using System.Text.Json;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

public class VirtualMachineAdmissionTests
{
    [Fact]
    public void A_machine_is_stored_as_it_was_written_with_its_finalizer()
    {
        var machine = Samples.MachineWith(("domain.machine", ""), ("architecture", ""), ("domain.devices.disks", ""));

        var result = Samples.Review(machine);

        result.Errors.ShouldBeEmpty();
        result.Warnings.ShouldBeEmpty();
        var stored = result.Object.ShouldBeOfType<VirtualMachine>();
        Json(stored.Spec).ShouldBe(Json(machine.Spec));
        stored.Metadata.Finalizers.ShouldBe(["kubevirt.io/virtualMachineControllerFinalize"]);
    }

    [Fact]
    public void A_finalizer_that_is_there_is_not_added_twice_and_others_stay()
    {
        var machine = Samples.Machine();
        machine = machine with
        {
            Metadata = machine.Metadata with { Finalizers = [KubeVirtNames.VirtualMachineFinalizer, "x.io/y"] },
        };

        Samples.Review(machine).Object.Metadata.Finalizers.ShouldBe(["x.io/y", KubeVirtNames.VirtualMachineFinalizer]);
    }

    [Theory]
    [InlineData(RunStrategy.Always, "Starting")]
    [InlineData(RunStrategy.Halted, "Stopped")]
    public void A_new_machine_has_a_state_from_its_first_moment(RunStrategy strategy, string word)
    {
        var machine = Samples.Machine();

        var stored = (VirtualMachine)
            Samples.Review(machine with { Spec = machine.Spec with { RunStrategy = strategy } }).Object;

        stored.Status!.PrintableStatus.ShouldBe(word);
        stored.Status.Created.ShouldBe(false);
        Samples.Review(stored, stored).Object.ShouldBeSameAs(stored);
    }

    [Fact]
    public void A_finalizer_that_was_removed_does_not_come_back()
    {
        var machine = Samples.Machine();

        Samples.Review(machine, machine).Object.Metadata.Finalizers.ShouldBeNull();
    }

    [Theory]
    [InlineData(
        true,
        RunStrategy.Always,
        "spec.running",
        "Running and RunStrategy are mutually exclusive. Note that Running is deprecated"
    )]
    [InlineData(null, null, "spec.running", "RunStrategy must be specified")]
    [InlineData(null, RunStrategy.WaitAsReceiver, "spec.runStrategy", "WaitAsReceiver is not implemented")]
    [InlineData(null, (RunStrategy)99, "spec.runStrategy", "Invalid RunStrategy (99)")]
    public void When_it_runs_is_said_once_and_well(bool? running, RunStrategy? strategy, string field, string text)
    {
        var machine = Samples.Machine();

        var error = Samples
            .Review(machine with { Spec = machine.Spec with { Running = running, RunStrategy = strategy } })
            .Errors.ShouldHaveSingleItem();

        error.Field.ShouldBe(field);
        error.Message.ShouldContain(text);
    }

    [Theory]
    [InlineData(RunStrategy.Always)]
    [InlineData(RunStrategy.RerunOnFailure)]
    [InlineData(RunStrategy.Manual)]
    [InlineData(RunStrategy.Halted)]
    [InlineData(RunStrategy.Once)]
    public void Every_other_strategy_is_allowed(RunStrategy strategy)
    {
        Samples.Review(Samples.Machine(strategy)).Errors.ShouldBeEmpty();
    }

    [Fact]
    public void The_old_form_works_and_is_warned_of()
    {
        var machine = Samples.Machine(strategy: null);

        var result = Samples.Review(machine with { Spec = machine.Spec with { Running = true } });

        result.Errors.ShouldBeEmpty();
        result.Warnings.ShouldBe(["spec.running is deprecated, please use spec.runStrategy instead."]);
    }

    [Fact]
    public void A_template_and_its_devices_are_required()
    {
        var machine = Samples.Machine();

        Errors(machine with { Spec = machine.Spec with { Template = null! } })
            .ShouldBe([new("spec.template", FieldErrorReason.FieldValueRequired, "missing virtual machine template.")]);
        Errors(machine with { Spec = machine.Spec with { Template = new() { Spec = null! } } })
            .ShouldHaveSingleItem()
            .Field.ShouldBe("spec.template.spec.domain.devices");
        Errors(machine with { Spec = null! }).ShouldHaveSingleItem().Field.ShouldBe("spec");
    }

    [Fact]
    public void The_templates_labels_are_checked_as_they_would_be_on_the_instance()
    {
        Errors(Labelled("a b", "c")).ShouldHaveSingleItem().Field.ShouldBe("spec.template.metadata.labels");
        Errors(Labelled("kubevirt.io/nodeName", "host"))
            .ShouldHaveSingleItem()
            .Message.ShouldEndWith("labels on a VMI object is prohibited: kubevirt.io/nodeName");
        Errors(Labelled("kubevirt.io/vm", "web")).ShouldBeEmpty();
    }

    [Fact]
    public void What_was_accepted_stays_writable_when_the_cluster_becomes_stricter()
    {
        var strict = new KubeVirtConfiguration
        {
            ArchitectureConfiguration = new() { Amd64 = new() { EmulatedMachines = ["pc-q35-9.2"] } },
        };
        var old = Samples.Machine();
        var withStatus = old with { Status = new() { PrintableStatus = "Running" } };
        var changed = Samples.MachineWith(("terminationGracePeriodSeconds", "1"));

        Samples.Review(withStatus, old, strict).Errors.ShouldBeEmpty();
        Samples.Review(changed, old, strict).Errors.ShouldHaveSingleItem();
        Samples.Review(Deleted(changed), Deleted(old), strict).Errors.ShouldBeEmpty();
    }

    [Fact]
    public void An_owner_who_sets_another_strategy_voids_what_a_stop_remembered()
    {
        var once = Samples.Machine(RunStrategy.Once);
        var stopped = ((ActionDecision.ChangeMachine)VirtualMachineActions.Stop(once, null, new())).Machine;
        var edited = stopped with { Spec = stopped.Spec with { RunStrategy = RunStrategy.Manual } };
        var renamed = stopped with
        {
            Metadata = stopped.Metadata with { Labels = new Dictionary<string, string> { ["a"] = "b" } },
        };

        Remembered(Samples.Review(stopped, once)).ShouldBe(RunStrategy.Once, "the stop itself is such a change");
        Remembered(Samples.Review(renamed, stopped)).ShouldBe(RunStrategy.Once);
        Remembered(Samples.Review(edited, stopped)).ShouldBeNull();
    }

    private static RunStrategy? Remembered(AdmissionResult result) =>
        ((VirtualMachine)result.Object).Status?.RunStrategyBeforeStop;

    private static IReadOnlyList<FieldError> Errors(VirtualMachine machine) => Samples.Review(machine).Errors;

    private static VirtualMachine Deleted(VirtualMachine machine) =>
        machine with
        {
            Metadata = machine.Metadata with { DeletionTimestamp = Samples.Now },
        };

    private static VirtualMachine Labelled(string key, string value)
    {
        var machine = Samples.Machine();
        return machine with
        {
            Spec = machine.Spec with
            {
                Template = machine.Spec.Template with
                {
                    Metadata = new() { Labels = new Dictionary<string, string> { [key] = value } },
                },
            },
        };
    }

    private static string Json(VirtualMachineSpec spec) =>
        JsonSerializer.Serialize(spec, ApiJson.Default.VirtualMachineSpec);
}
