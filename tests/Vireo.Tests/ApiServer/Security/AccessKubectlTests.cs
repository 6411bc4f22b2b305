using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Security;

/// <summary>The real kubectl's commands about access.</summary>
public sealed class AccessKubectlTests : IAsyncLifetime
{
    private RunningServer _server = null!;
    private Kubectl _kubectl = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        _kubectl = new Kubectl(_server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Auth_tells_who_somebody_is_and_what_they_may()
    {
        (await _kubectl.RunAsync("auth whoami -o jsonpath={.status.userInfo.username}")).ShouldBe("vireo-admin");
        (await _kubectl.RunAsync("auth can-i delete secrets")).ShouldBe("yes");
        await _kubectl.RunAsync("create rolebinding editors --clusterrole=edit --user=bob");

        (await _kubectl.RunAsync("auth can-i create vms --as=bob")).ShouldBe("yes");
        (await _kubectl.RunAsync("auth can-i create vms --as=bob -n kubevirt", exitCode: 1)).ShouldBe("no");
        (await _kubectl.RunAsync("auth can-i get /version --as=bob")).ShouldBe("yes");
        var list = await _kubectl.RunAsync("auth can-i --list --as=bob");
        list.ShouldContain("virtualmachines.kubevirt.io");
        list.ShouldContain("[/version]");
        (await _kubectl.RunAsync("get nodes --as=bob", exitCode: 1)).ShouldContain(
            "User \"bob\" cannot list resource \"nodes\" in API group \"\" at the cluster scope"
        );
        var who = await _kubectl.RunAsync("auth whoami --as=bob --as-group=team -o json");
        JsonNode.Parse(who)!["status"]!["userInfo"]!["groups"]!
            .ToJsonString()
            .ShouldBe("""["team","system:authenticated"]""");
    }

    [Fact]
    public async Task Roles_are_made_shown_and_reconciled()
    {
        await _kubectl.RunAsync("create clusterrole viewer --verb=get,list --resource=vm,nodes");
        await _kubectl.RunAsync("create clusterrolebinding viewers --clusterrole=viewer --group=viewers");
        (await _kubectl.RunAsync("get clusterrolebindings")).ShouldContain("cluster-admin");
        (await _kubectl.RunAsync("describe clusterrole viewer")).ShouldContain("virtualmachines.kubevirt.io");
        (await _kubectl.RunAsync("auth can-i list vms --as=eve --as-group=viewers")).ShouldBe("yes");
        var reconciled = await _kubectl.RunAsync(
            "auth reconcile -f -",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: viewer}
            rules:
            - {apiGroups: [""], resources: [secrets], verbs: [get]}
            """
        );
        reconciled.ShouldContain("clusterrole.rbac.authorization.k8s.io/viewer reconciled");
        (await _kubectl.RunAsync("auth can-i get secrets --as=eve --as-group=viewers")).ShouldBe("yes");
        (await _kubectl.RunAsync("explain role.rules")).ShouldContain("nonResourceURLs");
        (await _kubectl.RunAsync("explain selfsubjectaccessreview.spec")).ShouldContain("resourceAttributes");
    }

    [Fact]
    public async Task A_service_account_comes_in_by_a_token_that_kubectl_makes()
    {
        await _kubectl.RunAsync("create serviceaccount robot");
        await _kubectl.RunAsync("create rolebinding robots --clusterrole=view --serviceaccount=default:robot");
        var token = await _kubectl.RunAsync("create token robot --duration=20m");

        (await _kubectl.RunAsync($"--token={token} auth whoami -o jsonpath={{.status.userInfo.username}}")).ShouldBe(
            "system:serviceaccount:default:robot"
        );
        (await _kubectl.RunAsync($"--token={token} get vms")).ShouldContain("No resources found");
        (await _kubectl.RunAsync($"--token={token} get secrets", exitCode: 1)).ShouldContain("cannot list resource");
        await _kubectl.RunAsync("delete serviceaccount robot");
        (await _kubectl.RunAsync($"--token={token} get vms", exitCode: 1)).ShouldContain("Unauthorized");
    }
}
