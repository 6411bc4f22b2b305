using Vireo.Api;
using Vireo.Rules;
using Phase = Vireo.Api.VirtualMachineInstanceMigrationPhase;

namespace Vireo.Tests.Rules.Migrations;

public sealed class MigrationAdmissionTests
{
    private static readonly VirtualMachineInstanceMigration New = new()
    {
        Metadata = new() { Name = "move", Namespace = "default" },
        Spec = new() { VmiName = "web" },
    };

    [Fact]
    public void Whether_an_instance_can_move_is_answered_in_kubevirts_words()
    {
        var stuck = Moves
            .Guest()
            .With(status =>
                status with
                {
                    Conditions =
                    [
                        new()
                        {
                            Type = LiveMigratable.Type,
                            Status = "False",
                            Reason = "DisksNotLiveMigratable",
                            Message = "cannot migrate VMI: a disk",
                        },
                    ],
                }
            );
        var ended = Moves.Guest().With(status => status with { Phase = VirtualMachineInstancePhase.Failed });

        MigrationAdmission.WhyNot(New, null, []).ShouldBe("the VMI \"default/web\" does not exist");
        MigrationAdmission.WhyNot(New, ended, []).ShouldBe("Cannot migrate VMI in finalized state.");
        MigrationAdmission
            .WhyNot(New, stuck, [])
            .ShouldBe("Cannot migrate VMI, Reason: DisksNotLiveMigratable, Message: cannot migrate VMI: a disk");
        MigrationAdmission
            .WhyNot(New, Moves.Guest(), [Moves.Migration(Phase.Pending)])
            .ShouldBe(
                "in-flight migration detected. Active migration job (move-1) is currently already in progress for VMI "
                    + "web."
            );
        MigrationAdmission.WhyNot(New, Moves.Guest(), [Moves.Migration(Phase.Failed)]).ShouldBeNull();
    }

    [Fact]
    public void A_new_one_names_its_instance_and_is_held()
    {
        var made = Review(New).Object.ShouldBeOfType<VirtualMachineInstanceMigration>();
        made.Metadata.Labels!["kubevirt.io/vmi-name"].ShouldBe("web");
        made.Metadata.Finalizers.ShouldBe(["kubevirt.io/migrationJobFinalize"]);
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        Errors(New with { Spec = new() }).ShouldBe(["spec.vmiName"]);
        Errors(New with { Spec = New.Spec with { Priority = "system-critical" } }).ShouldBe(["spec.priority"]);
        Errors(New with { Spec = New.Spec with { Priority = "system-critical" } }, isSystem: true).ShouldBeEmpty();
        var labels = new Dictionary<string, string> { ["-"] = "x" };
        Errors(New with { Spec = New.Spec with { AddedNodeSelector = labels } }).ShouldHaveSingleItem();
    }

    [Fact]
    public void What_was_asked_for_stays()
    {
        var made = (VirtualMachineInstanceMigration)Review(New).Object;
        var changed = made with { Spec = made.Spec with { VmiName = "other" } };
        Review(changed, made).Errors.Single().Message.ShouldBe("update of Migration object's spec is restricted");

        var unlabelled = made with { Metadata = made.Metadata with { Labels = null } };
        Review(unlabelled, made).Errors.ShouldHaveSingleItem();
        Review(made with { Metadata = made.Metadata with { Finalizers = null } }, made).Errors.ShouldBeEmpty();

        var told = made with { Status = new() { Phase = Phase.Succeeded } };
        ((VirtualMachineInstanceMigration)Review(told, made).Object).Status.ShouldBeNull();
    }

    [Fact]
    public void A_configuration_of_moves_that_makes_no_sense_is_refused()
    {
        var wrong = Configured(new() { BandwidthPerMigration = Quantity.Parse("-1"), NodeDrainTaintKey = "no key" });
        wrong
            .Errors.Select(error => error.Field)
            .ShouldBe([
                "spec.configuration.migrations.bandwidthPerMigration",
                "spec.configuration.migrations.nodeDrainTaintKey",
            ]);

        var none = Configured(new() { ParallelMigrationsPerCluster = 0, ParallelOutboundMigrationsPerNode = 0 });
        none.Errors.ShouldBeEmpty();
        none.Warnings.Count.ShouldBe(2);
    }

    private static AdmissionResult Configured(MigrationConfiguration migrations) =>
        Admission.Review(
            new(
                ResourceKinds.KubeVirts,
                AdmissionOperation.Create,
                new KubeVirt
                {
                    Metadata = new() { Name = "kubevirt", Namespace = "kubevirt" },
                    Spec = new() { Configuration = new() { Migrations = migrations } },
                },
                null,
                new(new(), Moves.Now, IsSystem: false)
            )
        );

    private static string[] Errors(VirtualMachineInstanceMigration migration, bool isSystem = false) =>
        [.. Review(migration, isSystem: isSystem).Errors.Select(error => error.Field)];

    private static AdmissionResult Review(
        VirtualMachineInstanceMigration migration,
        VirtualMachineInstanceMigration? old = null,
        bool isSystem = false
    ) =>
        Admission.Review(
            new(
                ResourceKinds.VirtualMachineInstanceMigrations,
                old is null ? AdmissionOperation.Create : AdmissionOperation.Update,
                migration,
                old,
                new(new(), Moves.Now, isSystem)
            )
        );
}
