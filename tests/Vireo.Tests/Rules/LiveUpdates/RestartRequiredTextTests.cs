using Vireo.Rules;
using static Vireo.Rules.FieldEffect;

namespace Vireo.Tests.Rules;

/// <summary>What RestartRequired says, so that KubeVirt's clients and people understand it.</summary>
public sealed class RestartRequiredTextTests
{
    private const string Named = "a non-live-updatable field was changed in the template spec: ";
    private const string Fewer = "Reduction of CPU socket count requires a restart";
    private const string Unaligned = "memory hotplug not supported, Guest memory must be 2Mi aligned";

    private static readonly FieldChange Model = new("domain.cpu.model", Restart);
    private static readonly FieldChange Sockets = new("domain.cpu.sockets", Restart) { Why = Fewer };
    private static readonly FieldChange Memory = new("domain.memory.guest", Restart) { Why = Unaligned };

    [Fact]
    public void Where_only_one_change_waits_its_text_is_KubeVirt_s()
    {
        Message(Sockets).ShouldBe(Fewer);
        Message(Memory).ShouldBe(Unaligned);
        Message(Model).ShouldBe(Named + "domain.cpu.model");
    }

    [Fact]
    public void Several_are_told_together_and_all_their_fields_can_be_read_from_it()
    {
        var condition = Tell(Memory, Model, Sockets)!;

        condition.Message.ShouldBe($"{Named}domain.cpu.model; {Unaligned}; {Fewer}");
        RestartRequired.FieldsIn(condition).ShouldBe(["domain.cpu.model", "domain.memory.guest", "domain.cpu.sockets"]);
        RestartRequired.FieldsIn(null).ShouldBeEmpty();
    }

    [Fact]
    public void What_changes_live_or_waits_for_something_else_takes_no_restart() =>
        Tell(new("domain.cpu.sockets", Live), new("domain.memory.guest", Held)).ShouldBeNull();

    [Fact]
    public void A_machine_type_that_waits_is_told_beside_what_was_told_before()
    {
        var before = VirtualMachineConditions.Of([], Samples.Instance(), null, new([Sockets]), Samples.Now);

        var both = VirtualMachineConditions.Of(
            before,
            Samples.Instance(),
            null,
            null,
            Samples.Now,
            awaitsMachineType: true
        );

        var text = Conditions.Find(both, RestartRequired.Type)!.Message;
        text.ShouldBe($"{Named}domain.machine.type; {Fewer}");
        Conditions
            .Find(VirtualMachineConditions.Of(both, Samples.Instance(), null, null, Samples.Now), RestartRequired.Type)!
            .Message.ShouldBe(Fewer);
    }

    private static string? Message(FieldChange change) => Tell(change)?.Message;

    private static Vireo.Api.Condition? Tell(params FieldChange[] changes) =>
        Conditions.Find(
            VirtualMachineConditions.Of([], Samples.Instance(), null, new(changes), Samples.Now),
            RestartRequired.Type
        );
}
