using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.OpenApi;
using Vireo.Rules;

namespace Vireo.Tests.ApiServer.OpenApi;

public class StructuralValidatorTests
{
    [Theory]
    [InlineData(
        """{ "running": "yes" }""",
        "spec.running",
        "Invalid value: \"string\": spec.running in body must be of type boolean: \"string\""
    )]
    [InlineData(
        """{ "template": [] }""",
        "spec.template",
        "Invalid value: \"array\": spec.template in body must be of type object: \"array\""
    )]
    [InlineData(
        """{ "runStrategy": "Sometimes" }""",
        "spec.runStrategy",
        "Unsupported value: \"Sometimes\": supported values: \"Always\", \"RerunOnFailure\", \"Manual\", \"Halted\", "
            + "\"Once\", \"WaitAsReceiver\""
    )]
    [InlineData("""{ "template": {} }""", "spec.template.spec", "Required value")]
    [InlineData("""{ "template": null }""", "spec.template", "Required value")]
    public void A_wrong_value_of_a_VM_is_named_in_the_words_of_Kubernetes(string spec, string field, string message)
    {
        var obj = new JsonObject { ["spec"] = JsonNode.Parse(spec) };

        Validate(obj).Errors.ShouldContain(error => error.Field == field && error.Message == message);
    }

    [Theory]
    [InlineData(
        """{ "domain": { "devices": {}, "cpu": { "cores": 1.5 } } }""",
        "domain.cpu.cores",
        "Invalid value: \"number\": $ in body must be of type integer: \"number\""
    )]
    [InlineData(
        """{ "domain": { "devices": {}, "cpu": { "cores": -1 } } }""",
        "domain.cpu.cores",
        "Invalid value: -1: $ in body should be greater than or equal to 0"
    )]
    [InlineData(
        """{ "domain": { "devices": { "disks": [ { "name": "a", "bootOrder": 4294967296 } ] } } }""",
        "domain.devices.disks[0].bootOrder",
        "Invalid value: 4294967296: $ in body should be less than or equal to 2147483647"
    )]
    [InlineData(
        """{ "domain": { "devices": { "disks": [ { "name": "a" }, null ] } } }""",
        "domain.devices.disks[1]",
        "Invalid value: \"null\": $ in body must be of type object: \"null\""
    )]
    [InlineData(
        """{ "domain": { "devices": { "disks": [ { "disk": { "bus": "ide" } } ] } } }""",
        "domain.devices.disks[0].disk.bus",
        "Unsupported value: \"ide\": supported values: \"virtio\", \"sata\", \"scsi\", \"usb\""
    )]
    [InlineData(
        """{ "domain": { "devices": { "disks": [ { "disk": {} } ] } } }""",
        "domain.devices.disks[0].name",
        "Required value"
    )]
    [InlineData(
        """{ "domain": { "devices": {}, "memory": { "guest": "lots" } } }""",
        "domain.memory.guest",
        "Invalid value: \"lots\": $ in body must be a quantity, such as 512Mi, 1G or 500m"
    )]
    [InlineData(
        """{ "domain": { "devices": {}, "memory": { "guest": true } } }""",
        "domain.memory.guest",
        "Invalid value: \"boolean\": $ in body must be of type string or number: \"boolean\""
    )]
    [InlineData(
        """{ "domain": { "devices": {}, "resources": { "requests": { "memory": "1Qi" } } } }""",
        "domain.resources.requests.memory",
        "Invalid value: \"1Qi\": $ in body must be a quantity, such as 512Mi, 1G or 500m"
    )]
    [InlineData(
        """{ "domain": { "devices": {} }, "nodeSelector": { "zone": 3 } }""",
        "nodeSelector.zone",
        "Invalid value: \"integer\": $ in body must be of type string: \"integer\""
    )]
    [InlineData("{}", "domain", "Required value")]
    public void A_wrong_value_of_an_instance_is_named_by_its_path(string spec, string field, string message)
    {
        var path = $"spec.{field}";

        Validate(Instance(spec), ResourceKinds.VirtualMachineInstances)
            .Errors.ShouldContain(error =>
                error.Field == path && error.Message == message.Replace("$", path, StringComparison.Ordinal)
            );
    }

    [Fact]
    public void Everything_wrong_is_told_at_once()
    {
        var spec = """{ "domain": { "devices": 1, "cpu": { "cores": "2" } }, "volumes": {}, "hostname": 3 }""";

        Validate(Instance(spec), ResourceKinds.VirtualMachineInstances)
            .Errors.Select(error => error.Field)
            .ShouldBe(
                ["spec.domain.devices", "spec.domain.cpu.cores", "spec.volumes", "spec.hostname"],
                ignoreOrder: true
            );
    }

    [Fact]
    public void A_list_may_not_be_longer_than_its_limit_and_a_text_not_larger()
    {
        var spec = JsonNode.Parse("""{ "domain": { "devices": {} } }""")!.AsObject();
        spec["networks"] = new JsonArray([.. Enumerable.Range(0, 257).Select(_ => new JsonObject { ["name"] = "n" })]);
        spec["volumes"] = new JsonArray(
            new JsonObject
            {
                ["name"] = "v",
                ["cloudInitNoCloud"] = new JsonObject { ["userData"] = new string('ä', 1025) },
            }
        );

        Validate(Instance(spec.ToJsonString()), ResourceKinds.VirtualMachineInstances)
            .Errors.Select(error => $"{error.Field}: {error.Message}")
            .ShouldBe(
                [
                    "spec.networks: Too many: 257: must have at most 256 items",
                    "spec.volumes[0].cloudInitNoCloud.userData: Too long: may not be more than 2048 bytes",
                ],
                ignoreOrder: true
            );
    }

    [Fact]
    public void A_strict_client_is_refused_with_every_unknown_field()
    {
        var obj = Instance("""{ "domain": { "devices": { "disks": [ { "name": "a", "size": 1 } ] } }, "foo": {} }""");

        var result = Validate(obj, ResourceKinds.VirtualMachineInstances);

        result.StrictError.ShouldBe(
            "VirtualMachineInstance in version \"v1\" cannot be handled as a VirtualMachineInstance: strict decoding "
                + "error: unknown field \"spec.domain.devices.disks[0].size\", unknown field \"spec.foo\""
        );
        result.Warnings.ShouldBeEmpty();
        result.IsValid.ShouldBeFalse();
    }

    [Theory]
    [InlineData(FieldValidation.Warn, "unknown field \"spec.foo\"")]
    [InlineData(FieldValidation.Ignore, null)]
    public void Other_clients_have_unknown_fields_dropped(FieldValidation mode, string? warning)
    {
        var obj = Instance("""{ "domain": { "devices": {} }, "foo": 1 }""");

        var result = StructuralValidator.Validate(ResourceKinds.VirtualMachineInstances, obj, mode);

        result.IsValid.ShouldBeTrue();
        result.Warnings.ShouldBe(warning is null ? [] : [warning]);
        obj["spec"]!.AsObject().ContainsKey("foo").ShouldBeFalse();
    }

    [Fact]
    public void Nulls_are_dropped_and_labels_and_annotations_kept()
    {
        var obj = Instance("""{ "domain": { "devices": {}, "machine": null } }""");
        obj["metadata"] = JsonNode.Parse(
            """{ "labels": { "spec.foo": "x", "gone": null }, "annotations": { "any/thing": "" }, "uid": null }"""
        );

        Validate(obj, ResourceKinds.VirtualMachineInstances).IsValid.ShouldBeTrue();

        obj["metadata"]!.ToJsonString().ShouldBe("""{"labels":{"spec.foo":"x"},"annotations":{"any/thing":""}}""");
        obj["spec"]!["domain"]!.AsObject().ContainsKey("machine").ShouldBeFalse();
    }

    [Fact]
    public void Inside_status_what_is_not_known_is_dropped_in_silence()
    {
        var obj = Instance("""{ "domain": { "devices": {} } }""");
        obj["status"] = JsonNode.Parse(
            """{ "phase": "Running", "unheard": 1, "topologyHints": { "tscFrequency": 1 }, "machine": { "x": 1 } }"""
        );

        Validate(obj, ResourceKinds.VirtualMachineInstances).IsValid.ShouldBeTrue();
        obj["status"]!.ToJsonString().ShouldBe("""{"phase":"Running","machine":{}}""");
    }

    [Fact]
    public void A_field_named_status_below_the_top_is_no_exception()
    {
        var obj = Instance("""{ "domain": { "devices": {} }, "status": { "a": 1 } }""");

        Validate(obj, ResourceKinds.VirtualMachineInstances)
            .StrictError!.ShouldEndWith("unknown field \"spec.status\"");
    }

    [Theory]
    [InlineData("\"2026-01-31T12:00:00Z\"", true)]
    [InlineData("\"2026-01-31T12:00:00.123456+02:00\"", true)]
    [InlineData("\"2026-01-31\"", false)]
    [InlineData("\"2026-01-31T12:00:00\"", false)]
    [InlineData("\"2026-13-31T12:00:00Z\"", false)]
    [InlineData("5", false)]
    public void A_time_is_one_of_RFC_3339(string value, bool isValid)
    {
        var obj = new JsonObject { ["spec"] = new JsonObject { ["renewTime"] = JsonNode.Parse(value) } };

        Validate(obj, ResourceKinds.Leases).IsValid.ShouldBe(isValid);
        if (isValid)
        {
            obj.Deserialize(ApiJson.Default.Lease)!.Spec!.RenewTime.ShouldNotBeNull();
        }
    }

    [Fact]
    public void The_data_of_a_secret_must_be_base64()
    {
        var obj = JsonNode.Parse("""{ "data": { "good": "aGk=", "bad": "h!" } }""")!.AsObject();

        Validate(obj, ResourceKinds.Secrets)
            .Errors.ShouldHaveSingleItem()
            .ShouldBe(
                new FieldError(
                    "data.bad",
                    FieldErrorReason.FieldValueInvalid,
                    "Invalid value: \"h!\": data.bad in body must be base64"
                )
            );
    }

    [Fact]
    public void Numbers_that_a_patch_made_in_memory_are_numbers()
    {
        var obj = Instance("""{ "domain": { "devices": {}, "cpu": {} } }""");
        obj["spec"]!["domain"]!["cpu"]!["cores"] = 2;
        obj["spec"]!["terminationGracePeriodSeconds"] = 5L;

        Validate(obj, ResourceKinds.VirtualMachineInstances).IsValid.ShouldBeTrue();
    }

    [Fact]
    public void A_hostile_object_gets_a_bounded_answer()
    {
        var fields = Enumerable.Range(0, 5000).Select(i => KeyValuePair.Create($"f{i}", (JsonNode?)i));
        var obj = new JsonObject { ["spec"] = new JsonObject(fields) };

        Validate(obj, ResourceKinds.VirtualMachineInstances).UnknownFields.Count.ShouldBe(100);
    }

    private static JsonObject Instance(string spec) => new() { ["spec"] = JsonNode.Parse(spec) };

    private static StructuralResult Validate(JsonObject obj, ResourceKind? kind = null) =>
        StructuralValidator.Validate(kind ?? ResourceKinds.VirtualMachines, obj, FieldValidation.Strict);
}
