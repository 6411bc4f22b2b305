using Vireo.Rules;
using static Vireo.Tests.Rules.TemplateErrors;

namespace Vireo.Tests.Rules;

/// <summary>Each row: a change to a valid template, and the one error it must cause.</summary>
public class InterfaceRulesTests
{
    [Theory]
    [InlineData(
        "networks",
        "",
        "domain.devices.interfaces[0].name",
        "spec.template.spec.domain.devices.interfaces[0].name 'default' not found."
    )]
    [InlineData(
        "domain.devices.interfaces",
        "",
        "networks[0].name",
        "spec.template.spec.networks[0].name 'default' not found."
    )]
    [InlineData("networks[0]", """{ "name": "default" }""", "networks[0]", "should have a network type: add 'pod: {}'")]
    [InlineData("domain.devices.interfaces[0].bridge", "{}", "domain.devices.interfaces[0]", "only one binding")]
    [InlineData(
        "domain.devices.interfaces[0].model",
        "\"ne3k\"",
        "domain.devices.interfaces[0].model",
        "use virtio, e1000, e1000e"
    )]
    [InlineData(
        "domain.devices.interfaces[0].macAddress",
        "\"02:00:00:00:00\"",
        "domain.devices.interfaces[0].macAddress",
        "has malformed MAC address"
    )]
    [InlineData(
        "domain.devices.interfaces[0].macAddress",
        "\"02:00:00:00:00:0g\"",
        "domain.devices.interfaces[0].macAddress",
        "has malformed MAC address"
    )]
    [InlineData(
        "domain.devices.interfaces[0].macAddress",
        "\"03:00:00:00:00:01\"",
        "domain.devices.interfaces[0].macAddress",
        "first byte must be even"
    )]
    [InlineData(
        "domain.devices.interfaces[0].macAddress",
        "\"00:00:00:00:00:00\"",
        "domain.devices.interfaces[0].macAddress",
        "not all may be 0"
    )]
    [InlineData(
        "domain.devices.interfaces[0].pciAddress",
        "\"0000:81:01.8\"",
        "domain.devices.interfaces[0].pciAddress",
        "is malformed PCI address"
    )]
    [InlineData(
        "domain.devices.interfaces[0].acpiIndex",
        "0",
        "domain.devices.interfaces[0].acpiIndex",
        "from 1 to 16383"
    )]
    [InlineData(
        "domain.devices.interfaces[0].state",
        "\"gone\"",
        "domain.devices.interfaces[0].state",
        "use up, down or absent"
    )]
    [InlineData(
        "domain.devices.interfaces[0].bootOrder",
        "-1",
        "domain.devices.interfaces[0].bootOrder",
        "must have a boot order > 0"
    )]
    [InlineData(
        "domain.devices.interfaces[0].ports",
        """[{ "port": 70000 }]""",
        "domain.devices.interfaces[0].ports[0].port",
        "from 1 to 65535"
    )]
    [InlineData(
        "domain.devices.interfaces[0].ports",
        """[{ "port": 80 }, { "port": 80, "protocol": "TCP" }]""",
        "domain.devices.interfaces[0].ports[1].port",
        "is listed twice"
    )]
    [InlineData(
        "domain.devices.interfaces[0].ports",
        """[{ "port": 80, "name": "w" }, { "port": 81, "name": "w" }]""",
        "domain.devices.interfaces[0].ports[1].name",
        "Duplicate name of the port: w"
    )]
    [InlineData(
        "domain.devices.interfaces[0].ports",
        """[{ "port": 80, "protocol": "SCTP" }]""",
        "domain.devices.interfaces[0].ports[0].protocol",
        "use TCP or UDP"
    )]
    public void A_network_is_refused_by_its_field(string path, string json, string field, string text)
    {
        ShouldBeTheOnlyError(Errors(default, (path, json)), field, text);
    }

    [Fact]
    public void A_second_interface_must_differ_from_the_first()
    {
        var errors = Errors(
            default,
            (
                "domain.devices.interfaces[0]",
                """{ "name": "default", "masquerade": {}, "macAddress": "02:00:00:00:00:0A", "acpiIndex": 7, "bootOrder": 1, "pciAddress": "0000:81:01.0" }"""
            ),
            (
                "domain.devices.interfaces[1]",
                """{ "name": "second", "bridge": {}, "macAddress": "02-00-00-00-00-0a", "acpiIndex": 7, "pciAddress": "0000:81:01.0" }"""
            ),
            ("domain.devices.disks[0].bootOrder", "1"),
            ("networks[1]", """{ "name": "second", "pod": {} }""")
        );

        errors
            .Select(error => error.Field["spec.template.spec.".Length..])
            .ShouldBe(
                [
                    "networks",
                    "domain.devices.interfaces[1].macAddress",
                    "domain.devices.interfaces[1].acpiIndex",
                    "domain.devices.interfaces[0].bootOrder",
                    "domain.devices.interfaces[1].pciAddress",
                ],
                ignoreOrder: true
            );
        errors.ShouldContain(error =>
            error.Message
            == "Boot order for spec.template.spec.domain.devices.interfaces[0].bootOrder already set for a different device."
        );
        errors.ShouldContain(error => error.Message.Contains("more than one interface is connected to a pod network"));
    }

    [Fact]
    public void Names_of_interfaces_and_networks_have_a_form()
    {
        Errors(default, ("domain.devices.interfaces[0].name", "\"a.b\""), ("networks[0].name", "\"a.b\""))
            .Select(error => error.Field)
            .ShouldBe(["spec.template.spec.networks[0].name", "spec.template.spec.domain.devices.interfaces[0].name"]);
    }

    [Fact]
    public void Two_interfaces_of_one_name_are_one_too_many()
    {
        Errors(
                default,
                ("domain.devices.interfaces[1]", """{ "name": "default", "bridge": {} }"""),
                ("networks[1]", """{ "name": "default", "pod": {} }""")
            )
            .Count(error => error.Reason is FieldErrorReason.FieldValueDuplicate)
            .ShouldBe(3, "interfaces, networks and pod networks");
    }
}
