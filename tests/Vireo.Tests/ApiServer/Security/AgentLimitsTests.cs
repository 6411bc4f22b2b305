using Vireo.Api;
using Vireo.ApiServer.Reading;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Security;

namespace Vireo.Tests.ApiServer.Security;

/// <summary>What the agent of host2 may ask at all.</summary>
public sealed class AgentLimitsTests
{
    private const string Kubevirt = "/apis/kubevirt.io/v1";
    private const string Leases = "/apis/coordination.k8s.io/v1/namespaces";

    [Theory]
    [InlineData("watch", $"{Kubevirt}/virtualmachineinstances")]
    [InlineData("get", $"{Kubevirt}/namespaces/a/virtualmachineinstances/x")]
    [InlineData("update", $"{Kubevirt}/namespaces/a/virtualmachineinstances/x")]
    [InlineData("patch", $"{Kubevirt}/namespaces/a/virtualmachineinstances/x")]
    [InlineData("list", $"{Kubevirt}/virtualmachines")]
    [InlineData("update", $"{Kubevirt}/namespaces/a/virtualmachines/x/status")]
    [InlineData("watch", $"{Kubevirt}/kubevirts")]
    [InlineData("get", "/apis/vireo.dev/v1alpha1/hosts/host1")]
    [InlineData("update", "/apis/vireo.dev/v1alpha1/hosts/host2/status")]
    [InlineData("create", "/api/v1/nodes")]
    [InlineData("patch", "/api/v1/nodes/host2")]
    [InlineData("update", "/api/v1/nodes/host2/status")]
    [InlineData("create", $"{Leases}/kube-node-lease/leases")]
    [InlineData("update", $"{Leases}/kube-node-lease/leases/host2")]
    [InlineData("create", "/api/v1/namespaces/a/events")]
    [InlineData("patch", "/api/v1/namespaces/a/events/x.1")]
    [InlineData("get", "/api/v1/namespaces/a/secrets/x")]
    public void An_agent_may_ask_what_its_work_needs(string verb, string path) => Refuse(verb, path).ShouldBeNull();

    [Theory]
    [InlineData("create", $"{Kubevirt}/namespaces/a/virtualmachineinstances")]
    [InlineData("delete", $"{Kubevirt}/namespaces/a/virtualmachineinstances/x")]
    [InlineData("deletecollection", $"{Kubevirt}/namespaces/a/virtualmachineinstances")]
    [InlineData("create", $"{Kubevirt}/namespaces/a/virtualmachines")]
    [InlineData("update", $"{Kubevirt}/namespaces/a/virtualmachines/x")]
    [InlineData("delete", $"{Kubevirt}/namespaces/a/virtualmachines/x")]
    [InlineData("create", $"{Kubevirt}/namespaces/a/virtualmachineinstancemigrations")]
    [InlineData("update", $"{Kubevirt}/namespaces/a/virtualmachineinstancemigrations/x/status")]
    [InlineData("update", $"{Kubevirt}/namespaces/kubevirt/kubevirts/kubevirt")]
    [InlineData("update", "/apis/vireo.dev/v1alpha1/hosts/host2")]
    [InlineData("update", "/apis/vireo.dev/v1alpha1/hosts/host1/status")]
    [InlineData("create", "/apis/vireo.dev/v1alpha1/hosts")]
    [InlineData("delete", "/apis/vireo.dev/v1alpha1/hosts/host1")]
    [InlineData("update", "/api/v1/nodes/host1")]
    [InlineData("patch", "/api/v1/nodes/host1/status")]
    [InlineData("delete", "/api/v1/nodes/host2")]
    [InlineData("update", $"{Leases}/kube-node-lease/leases/host1")]
    [InlineData("update", $"{Leases}/kube-system/leases/host2")]
    [InlineData("create", $"{Leases}/kube-system/leases")]
    [InlineData("list", "/api/v1/secrets")]
    [InlineData("watch", "/api/v1/namespaces/a/secrets")]
    [InlineData("create", "/api/v1/namespaces/a/secrets")]
    [InlineData("update", "/api/v1/namespaces/a/secrets/x")]
    [InlineData("get", "/api/v1/namespaces/a/configmaps/x")]
    [InlineData("get", "/api/v1/namespaces/a/serviceaccounts/x")]
    [InlineData("create", "/api/v1/namespaces")]
    [InlineData("delete", "/api/v1/namespaces/a/events/x.1")]
    [InlineData("list", "/api/v1/events")]
    [InlineData("list", "/api/v1/nodes")]
    [InlineData("watch", "/apis/vireo.dev/v1alpha1/hosts")]
    [InlineData("watch", $"{Kubevirt}/virtualmachineinstancemigrations")]
    public void An_agent_may_ask_nothing_else(string verb, string path) => Refuse(verb, path).ShouldNotBeNull();

    [Theory]
    [InlineData("watch", "virtualmachineinstances", "status.nodeName=host2", true)]
    [InlineData("list", "virtualmachineinstances", "metadata.name=a,status.nodeName=host2", true)]
    [InlineData("list", "virtualmachineinstances", "status.migrationState.targetNode=host2", true)]
    [InlineData("list", "virtualmachines", "status.savedDisks.host=host2", true)]
    [InlineData("list", "kubevirts", null, true)]
    [InlineData("list", "virtualmachineinstances", null, false)]
    [InlineData("watch", "virtualmachineinstances", "status.nodeName=host1", false)]
    [InlineData("watch", "virtualmachineinstances", "status.nodeName!=host2", false)]
    [InlineData("watch", "virtualmachineinstances", "metadata.name!=a\\,status.nodeName=host2", false)]
    [InlineData("watch", "virtualmachineinstances", "metadata.name=a\\,status.nodeName=host2", false)]
    [InlineData("watch", "virtualmachineinstances", "status.nodeName==host2", true)]
    [InlineData("list", "virtualmachineinstances", "status.savedDisks.host=host2", false)]
    [InlineData("list", "virtualmachines", "metadata.name=a", false)]
    public void Of_many_it_has_those_of_its_host(string verb, string plural, string? fields, bool may)
    {
        var path = ResourcePath.Parse($"{Kubevirt}/{plural}").ShouldNotBeNull();
        var why = AgentLimits.RefuseAll("host2", verb, path, Query(fields));
        (why is null).ShouldBe(may, why);
    }

    private static FieldQuery? Query(string? fields)
    {
        var selectable = ResourceKinds.All.SelectMany(kind => kind.SelectableFields).Distinct();
        return fields is null
            ? null
            : FieldQuery.Parse(
                ResourceKinds.VirtualMachineInstances with
                {
                    SelectableFields = [.. selectable],
                },
                fields
            );
    }

    private static string? Refuse(string verb, string path) =>
        AgentLimits.Refuse("host2", verb, ResourcePath.Parse(path).ShouldNotBeNull(path));
}
