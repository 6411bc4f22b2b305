using static Vireo.Tests.Rules.TemplateErrors;

namespace Vireo.Tests.Rules;

/// <summary>Each row: a change to a valid template, and the one error it must cause.</summary>
public class VolumeRulesTests
{
    [Theory]
    [InlineData(
        "volumes[2]",
        """{ "name": "root", "emptyDisk": { "capacity": "1Gi" } }""",
        "volumes[2].name",
        "spec.template.spec.volumes[0] and spec.template.spec.volumes[2] must not have the same Name."
    )]
    [InlineData(
        "volumes[2]",
        """{ "name": "Data", "emptyDisk": { "capacity": "1Gi" } }""",
        "volumes[2].name",
        "must be a DNS label"
    )]
    [InlineData(
        "volumes[2]",
        """{ "name": "data" }""",
        "volumes[2]",
        "spec.template.spec.volumes[2] must have exactly one source type set"
    )]
    [InlineData(
        "volumes[0].emptyDisk",
        """{ "capacity": "1Gi" }""",
        "volumes[0]",
        "must have exactly one source type set"
    )]
    [InlineData(
        "volumes[2]",
        """{ "name": "data", "emptyDisk": { "capacity": "0" } }""",
        "volumes[2].emptyDisk.capacity",
        "must be greater than 0"
    )]
    [InlineData(
        "volumes[2]",
        """{ "name": "seed2", "cloudInitNoCloud": { "userData": "x" } }""",
        "volumes",
        "must have max one cloudInit volume set"
    )]
    [InlineData("volumes[0].containerDisk.image", "\"\"", "volumes[0].containerDisk.image", "is missing")]
    [InlineData("volumes[0].containerDisk.image", "\"--all\"", "volumes[0].containerDisk.image", "is no image name")]
    [InlineData(
        "volumes[0].containerDisk.image",
        "\"docker://a/b\"",
        "volumes[0].containerDisk.image",
        "is no image name"
    )]
    [InlineData("volumes[0].containerDisk.image", "\"a b\"", "volumes[0].containerDisk.image", "is no image name")]
    [InlineData(
        "volumes[0].containerDisk.path",
        "\"/disk/../etc/shadow\"",
        "volumes[0].containerDisk.path",
        "without relative elements"
    )]
    [InlineData(
        "volumes[0].containerDisk.path",
        "\"disk/a.img\"",
        "volumes[0].containerDisk.path",
        "without relative elements"
    )]
    [InlineData("volumes[0].containerDisk.path", "\"/\"", "volumes[0].containerDisk.path", "without relative elements")]
    [InlineData(
        "volumes[0].containerDisk.path",
        "\"/disk//a\"",
        "volumes[0].containerDisk.path",
        "without relative elements"
    )]
    [InlineData(
        "volumes[0].containerDisk.imagePullPolicy",
        "\"Sometimes\"",
        "volumes[0].containerDisk.imagePullPolicy",
        "use Always, IfNotPresent or Never"
    )]
    [InlineData(
        "volumes[0].containerDisk.imagePullSecret",
        "\"My Secret\"",
        "volumes[0].containerDisk.imagePullSecret",
        "must be a DNS name"
    )]
    [InlineData(
        "volumes[1].cloudInitNoCloud",
        "{}",
        "volumes[1].cloudInitNoCloud",
        "must have at least one userdatasource or one networkdatasource set"
    )]
    [InlineData(
        "volumes[1].cloudInitNoCloud.secretRef.name",
        "\"seed\"",
        "volumes[1].cloudInitNoCloud",
        "only one userdata source set, and has secretRef and userData"
    )]
    [InlineData(
        "volumes[1].cloudInitNoCloud.userDataBase64",
        "\"eA==\"",
        "volumes[1].cloudInitNoCloud",
        "has userData and userDataBase64"
    )]
    [InlineData(
        "volumes[1].cloudInitNoCloud",
        """{ "networkData": "a", "networkDataBase64": "eA==" }""",
        "volumes[1].cloudInitNoCloud",
        "only one networkdata source set, and has networkData and networkDataBase64"
    )]
    [InlineData(
        "volumes[1].cloudInitNoCloud",
        """{ "networkData": "a", "networkDataSecretRef": { "name": "n" } }""",
        "volumes[1].cloudInitNoCloud",
        "has networkDataSecretRef and networkData"
    )]
    [InlineData(
        "volumes[1].cloudInitNoCloud",
        """{ "userDataBase64": "?" }""",
        "volumes[1].cloudInitNoCloud.userDataBase64",
        "spec.template.spec.volumes[1].cloudInitNoCloud.userDataBase64 is not a valid base64 value."
    )]
    [InlineData(
        "volumes[1].cloudInitNoCloud",
        """{ "networkDataBase64": "?" }""",
        "volumes[1].cloudInitNoCloud.networkDataBase64",
        "is not a valid base64 value."
    )]
    [InlineData(
        "volumes[1].cloudInitNoCloud",
        """{ "secretRef": { "name": "" } }""",
        "volumes[1].cloudInitNoCloud.secretRef.name",
        "must be a DNS name"
    )]
    [InlineData(
        "volumes[1].cloudInitNoCloud",
        """{ "networkDataSecretRef": {} }""",
        "volumes[1].cloudInitNoCloud.networkDataSecretRef.name",
        "must be a DNS name"
    )]
    [InlineData(
        "volumes[2]",
        """{ "name": "data", "hostDisk": { "path": "relative", "type": "Disk" } }""",
        "volumes[2].hostDisk.path",
        "without relative elements"
    )]
    [InlineData(
        "volumes[2]",
        """{ "name": "data", "hostDisk": { "path": "/a/../b", "type": "Disk" } }""",
        "volumes[2].hostDisk.path",
        "without relative elements"
    )]
    [InlineData(
        "volumes[2]",
        """{ "name": "data", "hostDisk": { "path": "", "type": "Disk" } }""",
        "volumes[2].hostDisk.path",
        "is required for hostDisk volume"
    )]
    [InlineData(
        "volumes[2]",
        """{ "name": "data", "hostDisk": { "path": "/a", "type": "" } }""",
        "volumes[2].hostDisk.type",
        "use Disk or DiskOrCreate"
    )]
    [InlineData(
        "volumes[2]",
        """{ "name": "data", "hostDisk": { "path": "/a", "type": "Folder" } }""",
        "volumes[2].hostDisk.type",
        "use Disk or DiskOrCreate"
    )]
    [InlineData(
        "volumes[2]",
        """{ "name": "data", "hostDisk": { "path": "/a", "type": "DiskOrCreate" } }""",
        "volumes[2].hostDisk.capacity",
        "is missing"
    )]
    [InlineData(
        "volumes[2]",
        """{ "name": "data", "hostDisk": { "path": "/a", "type": "DiskOrCreate", "capacity": "0" } }""",
        "volumes[2].hostDisk.capacity",
        "must be greater than 0"
    )]
    [InlineData(
        "volumes[2]",
        """{ "name": "data", "hostDisk": { "path": "/a", "type": "Disk", "capacity": "1Gi" } }""",
        "volumes[2].hostDisk.capacity",
        "only allowed with type DiskOrCreate"
    )]
    public void A_volume_is_refused_by_its_field(string path, string json, string field, string text)
    {
        ShouldBeTheOnlyError(Errors(WithGate("HostDisk"), (path, json)), field, text);
    }

    [Theory]
    [InlineData(2048, 0)]
    [InlineData(2049, 1)]
    public void Cloud_init_has_a_limit_in_bytes_however_it_is_written(int bytes, int errors)
    {
        var text = new string('x', bytes - 2) + "é";
        var encoded = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

        Errors(default, ("volumes[1].cloudInitNoCloud", $$"""{ "userData": "{{text}}", "networkData": "{{text}}" }"""))
            .Count.ShouldBe(errors * 2);
        var found = Errors(
            default,
            (
                "volumes[1].cloudInitNoCloud",
                $$"""{ "userDataBase64": "{{encoded}}", "networkDataBase64": "{{encoded}}" }"""
            )
        );
        found.Count.ShouldBe(errors * 2);
        found.ShouldAllBe(error => error.Message.Contains("exceeds 2048 byte limit. Should use"));
    }

    [Fact]
    public void A_host_disk_needs_its_gate()
    {
        var disk = ("volumes[2]", """{ "name": "data", "hostDisk": { "path": "/srv/a.img", "type": "Disk" } }""");

        ShouldBeTheOnlyError(
            Errors(default, disk),
            "volumes[2].hostDisk",
            "spec.template.spec.volumes[2].hostDisk: HostDisk feature gate is not enabled"
        );
        Errors(WithGate("HostDisk"), disk).ShouldBeEmpty();
    }
}
