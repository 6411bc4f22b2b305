using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer;

/// <summary>The real kubectl, over the network, with validation on.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
    private const string Manifest = """
        apiVersion: kubevirt.io/v1
        kind: VirtualMachine
        metadata:
          name: testvm
        spec:
          runStrategy: Halted
          template:
            metadata:
              labels:
                kubevirt.io/vm: testvm
            spec:
              domain:
                devices: {}
                memory:
                  guest: 64Mi
        """;

    private RunningServer _server = null!;
    private Kubectl _kubectl = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        _kubectl = new Kubectl(_server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Apply_makes_changes_and_leaves_alone()
    {
        (await _kubectl.RunAsync("apply -f -", Manifest)).ShouldBe("virtualmachine.kubevirt.io/testvm created");
        (await _kubectl.RunAsync("apply -f -", Manifest)).ShouldBe("virtualmachine.kubevirt.io/testvm unchanged");
        var larger = Manifest.Replace("64Mi", "128Mi");
        (await _kubectl.RunAsync("diff -f -", larger, exitCode: 1)).ShouldContain("+          guest: 128Mi");
        (await _kubectl.RunAsync("apply -f -", larger)).ShouldBe("virtualmachine.kubevirt.io/testvm configured");
        (await _kubectl.RunAsync("get vm testvm -o jsonpath={.spec.template.spec.domain.memory.guest}")).ShouldBe(
            "128Mi"
        );
    }

    [Fact]
    public async Task Apply_refuses_a_field_that_nobody_knows_and_names_it()
    {
        var wrong = Manifest.Replace("runStrategy", "runStratgy");
        (await _kubectl.RunAsync("apply -f -", wrong, exitCode: 1)).ShouldContain("unknown field \"spec.runStratgy\"");
    }

    [Fact]
    public async Task Get_shows_kubevirts_columns_by_short_name_and_follows_changes()
    {
        await _kubectl.RunAsync("apply -f -", Manifest);
        (await _kubectl.RunAsync("get vm")).ShouldStartWith("NAME     AGE   STATUS    READY");
        using var follow = _kubectl.Start("get vms -w -o name");
        (await follow.NextLineAsync()).ShouldBe("virtualmachine.kubevirt.io/testvm");
        await _kubectl.RunAsync("label vm testvm a=b");
        (await follow.NextLineAsync()).ShouldBe("virtualmachine.kubevirt.io/testvm");
        (await _kubectl.RunAsync("get all -A")).ShouldContain("virtualmachine.kubevirt.io/testvm");
        (await _kubectl.RunAsync("get vm -A -o wide")).ShouldStartWith("NAMESPACE   NAME");
        (await _kubectl.RunAsync("get vm -l a=b -o name")).ShouldBe("virtualmachine.kubevirt.io/testvm");
        (await _kubectl.RunAsync("get vm -l a!=b -o name")).ShouldBe("");
    }

    [Fact]
    public async Task Explain_describe_and_api_resources_read_the_schema()
    {
        (await _kubectl.RunAsync("explain vm.spec.runStrategy")).ShouldContain("Halted");
        (await _kubectl.RunAsync("explain vmi --recursive")).ShouldContain("domain");
        await _kubectl.RunAsync("apply -f -", Manifest);
        (await _kubectl.RunAsync("describe vm testvm")).ShouldContain("Run Strategy:  Halted");
        (await _kubectl.RunAsync("api-resources")).ShouldContain("virtualmachineinstances");
        (await _kubectl.RunAsync("version")).ShouldContain("Server Version: v1.34.0+vireo");
    }

    [Fact]
    public async Task Actions_are_done_by_raw_requests_and_hide_no_resource()
    {
        const string group = "/apis/subresources.kubevirt.io/v1";
        await _kubectl.RunAsync("apply -f -", Manifest);
        var vm = group + "/namespaces/default/virtualmachines/testvm";
        (await _kubectl.RunAsync($"replace --raw {vm}/start -f -", "{}")).ShouldBe("");
        (await _kubectl.RunAsync("get vm testvm -o jsonpath={.spec.runStrategy}")).ShouldBe("Always");
        (await _kubectl.RunAsync($"replace --raw {vm}/restart -f -", "{}", exitCode: 1)).ShouldContain(
            "Operation cannot be fulfilled on virtualmachine.kubevirt.io \"testvm\": "
        );
        (await _kubectl.RunAsync($"get --raw {vm}/expand-spec")).ShouldContain("\"testvm\"");
        (await _kubectl.RunAsync($"get --raw {group}")).ShouldContain("virtualmachineinstances/console");
        var resources = await _kubectl.RunAsync("api-resources");
        resources.ShouldContain("virtualmachines ");
        resources.ShouldNotContain("subresources.kubevirt.io");
        (await _kubectl.RunAsync("api-versions")).ShouldContain("subresources.kubevirt.io/v1alpha3");
    }

    [Fact]
    public async Task Wait_sees_a_condition_and_a_deletion()
    {
        await _kubectl.RunAsync("apply -f -", Manifest);
        using var wait = _kubectl.Start("wait vm/testvm --for=condition=Ready --timeout=60s");
        await _server.MergeAsync(
            RunningServer.Vms + "/testvm/status",
            """{"status":{"conditions":[{"type":"Ready","status":"True"}]}}"""
        );
        (await wait.NextLineAsync()).ShouldBe("virtualmachine.kubevirt.io/testvm condition met");
        using var gone = _kubectl.Start("wait vm/testvm --for=delete --timeout=60s");
        (await _kubectl.RunAsync("delete vm testvm --wait=false")).ShouldBe(
            "virtualmachine.kubevirt.io \"testvm\" deleted"
        );
        await _server.MergeAsync(RunningServer.Vms + "/testvm", """{"metadata":{"finalizers":null}}""");
        await gone.EndAsync();
        (await _kubectl.RunAsync("get vm testvm", exitCode: 1)).ShouldBe(
            "Error from server (NotFound): virtualmachines.kubevirt.io \"testvm\" not found"
        );
    }

    [Fact]
    public async Task Edit_and_patch_change_what_is_there()
    {
        await _kubectl.RunAsync("apply -f -", Manifest);
        (await _kubectl.RunAsync("edit vm testvm")).ShouldBe("virtualmachine.kubevirt.io/testvm edited");
        (await _kubectl.RunAsync("get vm testvm -o jsonpath={.spec.template.spec.domain.memory.guest}")).ShouldBe(
            "96Mi"
        );
        await _kubectl.RunAsync(
            """patch vm testvm --type=json -p [{"op":"replace","path":"/spec/runStrategy","value":"Manual"}]"""
        );
        await _kubectl.RunAsync("""patch vm testvm --type=merge -p {"spec":{"runStrategy":"Always"}}""");
        (await _kubectl.RunAsync("get vm testvm -o jsonpath={.spec.runStrategy}")).ShouldBe("Always");
        await _kubectl.RunAsync("annotate vm testvm k=v");
        await _kubectl.RunAsync("create configmap c --from-literal=a=b");
        var map = await _kubectl.RunAsync("get configmap c -o yaml");
        (await _kubectl.RunAsync("replace -f -", map.Replace("a: b", "a: c"))).ShouldBe("configmap/c replaced");
        (await _kubectl.RunAsync("replace --force -f -", map)).ShouldEndWith("configmap/c replaced");
    }

    [Fact]
    public async Task Kubernetes_own_kinds_are_made_by_kubectls_generators()
    {
        await _kubectl.RunAsync("create namespace team");
        await _kubectl.RunAsync("create configmap c -n team --from-literal=a=b");
        await _kubectl.RunAsync("create secret generic s -n team --from-literal=password=x");
        await _kubectl.RunAsync("create secret docker-registry r -n team --docker-username=u --docker-password=p");
        await _kubectl.RunAsync("create serviceaccount joe -n team");
        (await _kubectl.RunAsync("get configmap c -n team -o jsonpath={.data.a}")).ShouldBe("b");
        (await _kubectl.RunAsync("get secret s -n team -o jsonpath={.data.password}")).ShouldBe("eA==");
        (await _kubectl.RunAsync("get secret r -n team -o jsonpath={.type}")).ShouldBe(
            "kubernetes.io/dockerconfigjson"
        );
        var secret = JsonNode.Parse(await _kubectl.RunAsync("get secret s -n team -o json"))!;
        secret["metadata"]!["creationTimestamp"].ShouldNotBeNull();
        await _kubectl.RunAsync("label namespace team a=b");
        await _kubectl.RunAsync("delete configmap c -n team");
        (await _kubectl.RunAsync("delete namespace team --wait=false")).ShouldBe("namespace \"team\" deleted");
        (await _kubectl.RunAsync("get namespace team -o jsonpath={.status.phase}")).ShouldBe("Terminating");
    }
}
