using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Rules.Actions.Scenes;

namespace Vireo.Tests.Rules.Actions;

public class InstanceConfigActionsTests
{
    [Fact]
    public void The_table_in_the_doc_comment_is_what_is_decided()
    {
        foreach (var row in DocTable.Read("src/Vireo.Rules/Actions/InstanceConfigActions.cs"))
        {
            foreach (var state in row["config"] == "any" ? ["there", "deleted"] : new[] { row["config"] })
            {
                var config = state == "deleted" ? Deleted(Samples.Config()) : Samples.Config();
                foreach (var (column, cell) in row.Skip(2))
                {
                    var decision =
                        row["action"] == "start"
                            ? InstanceConfigActions.Start(config, "blue", Find(column))
                            : InstanceConfigActions.Stop(config, "blue", Find(column));
                    Cell(decision).ShouldBe(cell, $"{row["action"]}, {state}, {column}");
                }
            }
        }
    }

    [Fact]
    public void An_instance_is_made_from_the_template_and_belongs_to_the_configuration()
    {
        var config = Samples.Config();
        config = config with
        {
            Spec = config.Spec with
            {
                Template = config.Spec.Template with
                {
                    Metadata = new()
                    {
                        Name = "ignored",
                        GenerateName = "ignored-",
                        Labels = new Dictionary<string, string> { ["app"] = "web" },
                        Annotations = new Dictionary<string, string> { ["note"] = "mine" },
                    },
                },
            },
        };

        var metadata = Created(config, "blue").Metadata;

        metadata.Name.ShouldBe("blue");
        metadata.GenerateName.ShouldBeNull();
        metadata.Namespace.ShouldBe("default");
        metadata.Finalizers.ShouldBeNull();
        metadata.Labels.ShouldBe(new Dictionary<string, string> { ["app"] = "web" });
        metadata.Annotations.ShouldBe(
            new Dictionary<string, string> { ["note"] = "mine", ["kubevirt.io/vm-generation"] = "2" },
            ignoreOrder: true
        );
        metadata
            .OwnerReferences.ShouldHaveSingleItem()
            .ShouldBe(
                new()
                {
                    ApiVersion = "kubevirt.io/v1",
                    Kind = "VirtualMachineInstanceConfig",
                    Name = "small",
                    Uid = Samples.ConfigUid,
                    Controller = true,
                    BlockOwnerDeletion = true,
                }
            );
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_a_name_the_instance_bears_the_configurations(string? name)
    {
        Created(Samples.Config(), name).Metadata.Name.ShouldBe("small");
    }

    [Fact]
    public void A_guest_is_the_same_each_time_it_is_started_by_one_name()
    {
        var first = Uuid(Samples.Config(), "blue");

        Guid.Parse(first!).Version.ShouldBe(5);
        Uuid(Samples.Config(), "blue").ShouldBe(first);
        Uuid(Samples.Config(), "green").ShouldNotBe(first);
        Uuid(Samples.Config(uid: Samples.MachineUid), "blue").ShouldNotBe(first);
        Uuid(Samples.Config(("domain.firmware.uuid", $"\"{Samples.InstanceUid}\"")), "blue")
            .ShouldBe(Samples.InstanceUid);
    }

    [Fact]
    public void A_name_makes_the_uuid_that_the_standard_gives_it()
    {
        // The example of RFC 9562, appendix A.4: www.example.com in the namespace of domain names.
        NameUuids
            .Of(Guid.Parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "www.example.com")
            .ToString()
            .ShouldBe("2ed6657d-e927-568b-95e1-2665a8aea6a2");
    }

    [Fact]
    public void What_is_made_is_admitted_and_keeps_its_identity()
    {
        var instance = Created(Samples.Config(), "blue");

        var result = Samples.Review(instance, isSystem: true);

        result.Errors.ShouldBeEmpty();
        var spec = ((VirtualMachineInstance)result.Object).Spec;
        spec.Domain.Firmware!.Uuid.ShouldBe(instance.Spec.Domain.Firmware!.Uuid);
        spec.Domain.Machine!.Type.ShouldNotBeNullOrEmpty();
        var again = (VirtualMachineInstance)
            Samples
                .Review(instance with { Metadata = instance.Metadata with { Uid = "another" } }, isSystem: true)
                .Object;
        again.Spec.Domain.Devices.Interfaces![0].MacAddress.ShouldBe(spec.Domain.Devices.Interfaces![0].MacAddress);
    }

    [Fact]
    public void An_ended_instance_is_replaced_by_its_identity()
    {
        InstanceConfigActions
            .Start(Samples.Config(), "blue", Find("ended"))
            .ShouldBeOfType<ActionDecision.CreateInstance>()
            .ReplacesUid.ShouldBe(Samples.InstanceUid);
        InstanceConfigActions
            .Stop(Samples.Config(), "blue", Find("active"))
            .ShouldBe(new ActionDecision.DeleteInstance(Samples.InstanceUid));
    }

    [Theory]
    [InlineData("active", "VirtualMachineInstance 'blue' is already running")]
    [InlineData("deleting", "VirtualMachineInstance 'blue' is being stopped: try again when it is gone.")]
    [InlineData(
        "foreign",
        "VirtualMachineInstance 'blue' exists and belongs to VirtualMachine 'web': give another name."
    )]
    [InlineData(
        "orphan",
        "VirtualMachineInstance 'blue' exists and belongs to nobody: give another name, or delete it."
    )]
    public void A_start_that_cannot_be_says_why(string column, string message)
    {
        ShouldBeRefused(
            InstanceConfigActions.Start(Samples.Config(), "blue", Find(column)),
            ActionRefusal.Conflict,
            message
        );
    }

    [Fact]
    public void What_does_not_run_is_not_stopped()
    {
        ShouldBeRefused(
            InstanceConfigActions.Stop(Samples.Config(), null, null),
            ActionRefusal.Conflict,
            "VirtualMachineInstance 'small' is not running"
        );
    }

    [Theory]
    [InlineData("Blue")]
    [InlineData("a.b")]
    [InlineData("../x")]
    [InlineData("-")]
    public void A_name_that_is_no_label_is_refused(string name)
    {
        foreach (
            var decision in new[]
            {
                InstanceConfigActions.Start(Samples.Config(), name, null),
                InstanceConfigActions.Stop(Samples.Config(), name, null),
            }
        )
        {
            var refusal = decision.ShouldBeOfType<ActionDecision.Refuse>();
            refusal.Why.ShouldBe(ActionRefusal.BadRequest);
            refusal.Message.ShouldStartWith($"name: '{name}' must be a DNS label");
        }
    }

    private static VirtualMachineInstance Created(VirtualMachineInstanceConfig config, string? name) =>
        InstanceConfigActions.Start(config, name, null).ShouldBeOfType<ActionDecision.CreateInstance>().Instance;

    private static string? Uuid(VirtualMachineInstanceConfig config, string name) =>
        Created(config, name).Spec.Domain.Firmware?.Uuid;

    private static VirtualMachineInstanceConfig Deleted(VirtualMachineInstanceConfig config) =>
        config with
        {
            Metadata = config.Metadata with { DeletionTimestamp = Samples.Now },
        };

    private static string Cell(ActionDecision decision) =>
        decision switch
        {
            ActionDecision.Nothing => "-",
            ActionDecision.Refuse { Why: ActionRefusal.Conflict } => "refuse",
            ActionDecision.CreateInstance { ReplacesUid: null } => "create",
            ActionDecision.CreateInstance => "replace",
            ActionDecision.DeleteInstance => "delete",
            _ => throw new InvalidOperationException($"{decision}"),
        };

    private static VirtualMachineInstance? Find(string column)
    {
        if (column == "absent")
        {
            return null;
        }

        var made = Created(Samples.Config(), "blue") with
        {
            Status = new() { Phase = VirtualMachineInstancePhase.Running },
        };
        made = made with { Metadata = made.Metadata with { Uid = Samples.InstanceUid } };
        return column switch
        {
            "active" => made,
            "deleting" => Situations.Deleting(made),
            "ended" => made with { Status = new() { Phase = VirtualMachineInstancePhase.Succeeded } },
            "orphan" => made with { Metadata = made.Metadata with { OwnerReferences = null } },
            "foreign" => made with
            {
                Metadata = made.Metadata with { OwnerReferences = Samples.Instance().Metadata.OwnerReferences },
            },
            _ => throw new ArgumentOutOfRangeException(nameof(column), column, "No such column."),
        };
    }
}
