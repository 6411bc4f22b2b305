namespace Vireo.Tests.ApiServer;

/// <summary>Machine types and their transitions through the real kubectl.</summary>
public sealed class MachineTypeKubectlTests : IAsyncLifetime
{
    private const string Transition = """
        apiVersion: vireo.dev/v1alpha1
        kind: MachineTypeTransition
        metadata:
          name: to-newest
        spec:
          namespaces: [default]
          machineTypes: pc-q35-6.*
          steps:
            - below: pc-q35-7.0
              target: pc-q35-7.2
          limits:
            maxConcurrentRestarts: 2
        """;

    private const string Machine = """
        apiVersion: kubevirt.io/v1
        kind: VirtualMachine
        metadata:
          name: testvm
        spec:
          runStrategy: Halted
          template:
            spec:
              domain:
                machine:
                  type: pc-q35-7.2
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
    public async Task A_transition_is_applied_shown_explained_paused_and_deleted()
    {
        (await _kubectl.RunAsync("apply -f -", Transition)).ShouldBe(
            "machinetypetransition.vireo.dev/to-newest created"
        );
        (await _kubectl.RunAsync("apply -f -", Transition)).ShouldBe(
            "machinetypetransition.vireo.dev/to-newest unchanged"
        );
        (await _kubectl.RunAsync("get mtt")).ShouldStartWith(
            "NAME        PHASE   SELECTED   UPDATED   RESTART   FAILED   AGE"
        );
        (await _kubectl.RunAsync("explain mtt.spec.steps.target")).ShouldContain("newest of the family");
        (await _kubectl.RunAsync("explain mtt.spec.limits")).ShouldContain("maxConcurrentRestarts");
        (await _kubectl.RunAsync("describe mtt to-newest")).ShouldContain("pc-q35-6.*");
        (await _kubectl.RunAsync("api-resources --api-group=vireo.dev")).ShouldContain("machinetypetransitions   mtt");
        (await _kubectl.RunAsync("""patch mtt to-newest --type=merge -p {"spec":{"paused":true}}""")).ShouldBe(
            "machinetypetransition.vireo.dev/to-newest patched"
        );
        (await _kubectl.RunAsync("get mtt to-newest -o jsonpath={.spec.paused}")).ShouldBe("true");
        (await _kubectl.RunAsync("delete mtt to-newest")).ShouldBe(
            "machinetypetransition.vireo.dev \"to-newest\" deleted"
        );
    }

    [Fact]
    public async Task A_misspelled_field_of_a_transition_is_refused_by_name()
    {
        var wrong = Transition.Replace("maxConcurrentRestarts", "maxRestarts");
        (await _kubectl.RunAsync("apply -f -", wrong, exitCode: 1)).ShouldContain(
            "unknown field \"spec.limits.maxRestarts\""
        );
    }

    [Fact]
    public async Task A_template_that_goes_back_in_time_warns_and_is_taken()
    {
        await _kubectl.RunAsync("apply -f -", Machine);

        var said = await _kubectl.RunAsync("apply -f -", Machine.Replace("pc-q35-7.2", "pc-q35-6.2"));

        said.ShouldContain("Warning: ");
        said.ShouldContain("virtualmachine.kubevirt.io/testvm configured");
        (await _kubectl.RunAsync("explain vm.status.machineType.pending")).ShouldContain("next boot");
        (await _kubectl.RunAsync("explain kubevirt.spec.configuration.machineTypePolicy")).ShouldContain("Floating");
    }

    [Fact]
    public async Task A_machine_type_is_read_and_refused_by_raw_requests()
    {
        await _kubectl.RunAsync("apply -f -", Machine);
        const string path = "/apis/subresources.kubevirt.io/v1/namespaces/default/virtualmachines/testvm/machinetype";

        (await _kubectl.RunAsync("get --raw /apis/subresources.kubevirt.io/v1")).ShouldContain(
            "\"virtualmachines/machinetype\",\"singularName\":\"\",\"namespaced\":true,\"kind\":"
        );
        (await _kubectl.RunAsync("get --raw /openapi/v3/apis/subresources.kubevirt.io/v1")).ShouldContain(
            "/virtualmachines/{name}/machinetype\""
        );
        (await _kubectl.RunAsync($"get --raw {path}")).ShouldContain("\"template\":\"pc-q35-7.2\"");
        (await _kubectl.RunAsync($"replace --raw {path} -f -", """{"machineType":"a b"}""", exitCode: 1)).ShouldContain(
            "The virtualmachine \"testvm\" is invalid: machineType: 'a b' is no machine type"
        );
    }
}
