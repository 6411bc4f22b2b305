using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.VirtualMachines;

/// <summary>What a change of a machine does while its instance runs.</summary>
public sealed class UpdateTests(ControlPlane plane) : IClassFixture<ControlPlane>, IAsyncLifetime
{
    private const string Text = "a non-live-updatable field was changed in the template spec: ";

    private string _space = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _space = await plane.MakeNamespaceAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_instance_names_the_record_of_what_it_was_started_from()
    {
        var machine = await StartAsync();

        var instance = plane.Find<VirtualMachineInstance>("vm", _space)!;
        var name = $"revision-start-vm-{machine.Metadata.Uid}-1";
        instance.Status!.VirtualMachineRevisionName.ShouldBe(name);
        var revision = await plane.UntilAsync<ControllerRevision>(name, _space, _ => true);
        revision.Revision.ShouldBe(1);
        revision.Metadata.OwnerReferences!.ShouldHaveSingleItem().Uid.ShouldBe(machine.Metadata.Uid);
        revision.Data!.Value.GetProperty("spec").GetProperty("template").ValueKind.ShouldNotBe(default);
    }

    [Fact]
    public async Task Fields_that_need_a_restart_are_named_until_they_are_as_before_and_stay_off_the_instance()
    {
        await StartAsync();
        var before = plane.Find<VirtualMachineInstance>("vm", _space)!;

        await PatchTemplateAsync("""{"domain":{"rebootPolicy":"Terminate","cpu":{"cores":2}}}""");

        var told = await UntilAsync(IsDue);
        var due = Conditions.Find(told.Status!.Conditions, "RestartRequired")!;
        (due.Status, due.Reason).ShouldBe(("True", null));
        due.Message.ShouldBe(Text + "domain.cpu.cores, domain.rebootPolicy");
        (told.Status.ObservedGeneration, told.Status.DesiredGeneration).ShouldBe((1, 2));
        await UntilToldAsync("RestartRequired");

        await PatchTemplateAsync("""{"domain":{"cpu":null}}""");
        var fewer = await UntilAsync(found => MessageOf(found) == Text + "domain.rebootPolicy");
        var still = Conditions.Find(fewer.Status!.Conditions, "RestartRequired")!;
        still.LastTransitionTime.ShouldBe(due.LastTransitionTime);

        await PatchTemplateAsync("""{"domain":{"rebootPolicy":null}}""");
        var equal = await UntilAsync(found => !IsDue(found) && found.Status?.ObservedGeneration == 4);
        equal.Status!.DesiredGeneration.ShouldBe(4);
        var after = plane.Find<VirtualMachineInstance>("vm", _space)!;
        JsonOf(after.Spec).ShouldBe(JsonOf(before.Spec));
        after.Metadata.Uid.ShouldBe(before.Metadata.Uid);
        plane.All<Event>(_space).Count(one => one.Reason == "RestartRequired").ShouldBe(1);
    }

    [Fact]
    public async Task A_node_selector_reaches_the_instance_at_once_even_when_another_field_waits_for_a_restart()
    {
        await StartAsync();

        await PatchTemplateAsync("""{"nodeSelector":{"disk":"fast"},"hostname":"other"}""");

        await UntilInstanceAsync(found => found.Spec.NodeSelector?["disk"] == "fast");
        await UntilAsync(found => MessageOf(found) == Text + "hostname");
        await PatchTemplateAsync("""{"nodeSelector":{"disk":"slow"}}""");
        await UntilInstanceAsync(found => found.Spec.NodeSelector?["disk"] == "slow");
        await PatchTemplateAsync("""{"nodeSelector":null,"hostname":null}""");
        await UntilInstanceAsync(found => found.Spec.NodeSelector is null);
        await UntilAsync(found => !IsDue(found) && found.Status!.ObservedGeneration == found.Metadata.Generation);
        // A copy of the instance that is behind is no failure.
        plane.All<Event>(_space).ShouldNotContain(told => told.Reason == "FailedUpdateError");
    }

    [Fact]
    public async Task A_change_outside_the_template_s_spec_needs_no_restart()
    {
        await StartAsync();

        await PatchAsync("""{"spec":{"template":{"metadata":{"labels":{"tier":"web"}}}}}""");
        var labelled = await UntilAsync(found =>
            found.Status is { DesiredGeneration: 2, ObservedGeneration: not null }
        );
        IsDue(labelled).ShouldBeFalse();
        labelled.Status!.ObservedGeneration.ShouldBe(1);

        await PatchAsync("""{"spec":{"runStrategy":"RerunOnFailure","template":{"metadata":null}}}""");
        var same = await UntilAsync(found => found.Status?.ObservedGeneration == 3);
        IsDue(same).ShouldBeFalse();
    }

    [Fact]
    public async Task A_restart_clears_the_condition_and_leaves_only_the_new_record()
    {
        var machine = await StartAsync();
        await PatchTemplateAsync("""{"hostname":"other"}""");
        await UntilAsync(IsDue);

        await plane.User.DeleteAsync<VirtualMachineInstance>(new(_space, "vm"), null, Ct);

        await UntilInstanceAsync(found => found.Spec.Hostname == "other");
        await UntilAsync(found => !IsDue(found) && found.Status?.ObservedGeneration == 2);
        var name = $"revision-start-vm-{machine.Metadata.Uid}-";
        await plane.UntilGoneAsync<ControllerRevision>(name + "1", _space);
        plane.Find<ControllerRevision>(name + "2", _space).ShouldNotBeNull();
    }

    [Fact]
    public async Task Without_the_record_nothing_is_said_of_a_restart()
    {
        var machine = await StartAsync();
        await plane.User.DeleteAsync<ControllerRevision>(
            new(_space, $"revision-start-vm-{machine.Metadata.Uid}-1"),
            null,
            Ct
        );
        await plane.UntilGoneAsync<ControllerRevision>($"revision-start-vm-{machine.Metadata.Uid}-1", _space);

        await PatchTemplateAsync("""{"hostname":"other"}""");

        IsDue(await UntilAsync(found => found.Status?.DesiredGeneration == 2)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_reboot_of_the_guest_is_told_on_the_machine_and_stays_when_the_instance_is_gone()
    {
        await StartAsync();
        await RebootAsync("GuestRequest", second: 1);
        await UntilAsync(found => ReasonOfReboot(found) == "GuestRequest");
        await UntilToldAsync("GuestRebooted");

        await RebootAsync("Reset", second: 2);
        var again = await UntilAsync(found => ReasonOfReboot(found) == "Reset");
        Conditions.Find(again.Status!.Conditions, "GuestRebooted")!.LastTransitionTime!.Value.Second.ShouldBe(2);

        await PatchAsync("""{"spec":{"runStrategy":"Halted"}}""");
        await plane.UntilGoneAsync<VirtualMachineInstance>("vm", _space);
        var stopped = await UntilAsync(found => found.Status?.PrintableStatus == "Stopped");
        ReasonOfReboot(stopped).ShouldBe("Reset");
    }

    private Task RebootAsync(string reason, int second) =>
        plane.Client.ChangeAsync<VirtualMachineInstance>(
            new(_space, "vm"),
            seen =>
                seen with
                {
                    Status = seen.Status! with
                    {
                        Conditions =
                        [
                            new()
                            {
                                Type = "GuestRebooted",
                                Status = "True",
                                Reason = reason,
                                Message = "The guest rebooted.",
                                LastTransitionTime = new DateTimeOffset(2026, 1, 1, 0, 0, second, TimeSpan.Zero),
                            },
                        ],
                    },
                },
            Ct
        );

    private static string? ReasonOfReboot(VirtualMachine machine) =>
        Conditions.Find(machine.Status?.Conditions, "GuestRebooted")?.Reason;

    private static bool IsDue(VirtualMachine machine) =>
        Conditions.IsTrue(machine.Status?.Conditions, "RestartRequired");

    private static string? MessageOf(VirtualMachine machine) =>
        Conditions.Find(machine.Status?.Conditions, "RestartRequired")?.Message;

    private static string JsonOf(VirtualMachineInstanceSpec spec) =>
        System.Text.Json.JsonSerializer.Serialize(spec, ApiJson.Default.VirtualMachineInstanceSpec);

    private async Task<VirtualMachine> StartAsync()
    {
        var machine = await plane.User.CreateAsync(Objects.Machine("vm", _space), Ct);
        await UntilInstanceAsync(_ => true);
        return machine;
    }

    private Task<VirtualMachine> UntilAsync(Func<VirtualMachine, bool> isSo) => plane.UntilAsync("vm", _space, isSo);

    private Task<VirtualMachineInstance> UntilInstanceAsync(Func<VirtualMachineInstance, bool> isSo) =>
        plane.UntilAsync("vm", _space, isSo);

    private Task UntilToldAsync(string reason) =>
        Eventually.HoldsAsync(() => plane.All<Event>(_space).Any(told => told.Reason == reason), reason);

    private Task PatchTemplateAsync(string change) => PatchAsync($$"""{"spec":{"template":{"spec":{{change}} } } }""");

    private Task PatchAsync(string change) =>
        plane.User.PatchAsync<VirtualMachine>(new(_space, "vm"), Patch.Merge(JsonNode.Parse(change)!), Ct);
}
