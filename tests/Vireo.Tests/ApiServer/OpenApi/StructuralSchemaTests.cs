using Vireo.Api;
using Vireo.ApiServer.OpenApi;

namespace Vireo.Tests.ApiServer.OpenApi;

public class StructuralSchemaTests
{
    [Fact]
    public void A_type_has_one_schema_however_it_is_reached() =>
        Property(ResourceKinds.VirtualMachineInstances, "spec")
            .Value.ShouldBeSameAs(Property(ResourceKinds.VirtualMachines, "spec", "template", "spec").Value);

    [Fact]
    public void Required_is_what_the_type_requires()
    {
        Property(ResourceKinds.VirtualMachines, "spec").IsRequired.ShouldBeTrue();
        Property(ResourceKinds.VirtualMachines, "metadata").IsRequired.ShouldBeFalse();
    }

    [Fact]
    public void Limits_come_from_the_attributes()
    {
        var port = Property(
            ResourceKinds.VirtualMachineInstances,
            "spec",
            "domain",
            "devices",
            "interfaces",
            "ports",
            "port"
        );
        (port.Minimum, port.Maximum, port.Value.Format).ShouldBe((1, 65535, "int32"));
        var grace = Property(ResourceKinds.VirtualMachineInstances, "spec", "terminationGracePeriodSeconds");
        (grace.Minimum, grace.Maximum, grace.Value.Format).ShouldBe((0, long.MaxValue, "int64"));
        Property(ResourceKinds.VirtualMachineInstances, "spec", "volumes").MaxItems.ShouldBe(256);
        Property(ResourceKinds.Secrets, "data").IsBase64.ShouldBeTrue();
        Property(ResourceKinds.Leases, "spec", "renewTime").IsMicroTime.ShouldBeTrue();
    }

    [Fact]
    public void Enumerations_bear_their_JSON_names() =>
        Property(ResourceKinds.VirtualMachineInstances, "status", "phase")
            .Values.ShouldBe([
                "Pending",
                "Scheduling",
                "Scheduled",
                "Running",
                "Succeeded",
                "Failed",
                "Unknown",
                "WaitingForSync",
            ]);

    [Fact]
    public void What_is_free_in_form_may_be_anything() =>
        Property(ResourceKinds.ControllerRevisions, "data").Value.Type.ShouldBe(SchemaType.Any);

    private static SchemaProperty Property(ResourceKind kind, params string[] path)
    {
        var node = StructuralSchema.For(kind);
        SchemaProperty? property = null;
        foreach (var name in path)
        {
            property = node.Properties[name];
            node = property.Value;
            while (node.Items is { } items)
            {
                node = items;
            }
        }

        return property!;
    }
}
