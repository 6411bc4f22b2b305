using System.Net;
using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Acting;

/// <summary>Machines shown with what they refer to in its place.</summary>
public sealed class ExpandTests : IAsyncLifetime
{
    private const string Subresources = "/apis/subresources.kubevirt.io/v1/namespaces/default";
    private const string Types =
        "/apis/instancetype.kubevirt.io/v1beta1/namespaces/default/virtualmachineinstancetypes";

    private const string Preferences =
        "/apis/instancetype.kubevirt.io/v1beta1/namespaces/default/virtualmachinepreferences";

    private const string Vm = """
        {"metadata":{"name":"vm"},"spec":{"runStrategy":"Halted",
         "instancetype":{"name":"small","kind":"virtualmachineinstancetype"},
         "preference":{"name":"own","kind":"virtualmachinepreference"},
         "template":{"spec":{"domain":{"devices":{}}}}}}
        """;

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await MakeAsync(
            Types,
            """{"metadata":{"name":"small"},"spec":{"cpu":{"guest":2},"memory":{"guest":"64Mi"}}}"""
        );
        await MakeAsync(
            Preferences,
            """
            {"metadata":{"name":"own"},"spec":{"cpu":{"preferredCPUTopology":"cores"},
             "machine":{"preferredMachineType":"pc-q35-7.2"}}}
            """
        );
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_machine_is_shown_with_its_type_and_preference_and_without_the_references()
    {
        await MakeAsync(RunningServer.Vms, Vm);
        var reference =
            """{"name":"small","kind":"VirtualMachineInstancetype","controllerRevisionRef":{"name":"none"}}""";
        await RunningServer.SendAsync(
            _server.Own,
            "PATCH",
            RunningServer.Vms + "/vm/status",
            $$"""{"status":{"instancetypeRef":{{reference}} } }""",
            "application/merge-patch+json"
        );

        var reply = await _server.GetAsync(Subresources + "/virtualmachines/vm/expand-spec");

        reply.Code.ShouldBe(HttpStatusCode.OK, reply.Text);
        ShouldBeExpanded(reply.Json);
        reply["metadata"]!["uid"].ShouldNotBeNull();
        reply["status"]!["instancetypeRef"].ShouldBeNull();
        (await _server.GetAsync(RunningServer.Vms + "/vm"))["spec"]!["instancetype"].ShouldNotBeNull();
    }

    [Fact]
    public async Task A_machine_that_is_sent_is_shown_likewise()
    {
        var reply = await _server.PutAsync(Subresources + "/expand-vm-spec", Vm);

        reply.Code.ShouldBe(HttpStatusCode.OK, reply.Text);
        ShouldBeExpanded(reply.Json);
    }

    [Fact]
    public async Task A_machine_that_refers_to_nothing_is_shown_with_all_defaults_and_no_identity()
    {
        const string Plain = """
            {"metadata":{"name":"vm"},"spec":{"runStrategy":"Halted","template":{"spec":{"domain":{"devices":{},
             "memory":{"guest":"64Mi"}},"volumes":[{"name":"root","containerDisk":{"image":"a"}}]}}}}
            """;
        await MakeAsync(RunningServer.Vms, Plain);

        var stored = await _server.GetAsync(Subresources + "/virtualmachines/vm/expand-spec");
        var sent = await _server.PutAsync(
            Subresources + "/expand-vm-spec",
            Plain.Replace("\"vm\"", "\"other\"", StringComparison.Ordinal)
        );

        sent["spec"]!.ToJsonString().ShouldBe(stored["spec"]!.ToJsonString());
        var spec = stored["spec"]!["template"]!["spec"]!;
        spec["networks"]![0]!.ToJsonString().ShouldBe("""{"name":"default","pod":{}}""");
        spec["volumes"]![0]!["containerDisk"]!["imagePullPolicy"]!.ToString().ShouldBe("Always");
        var domain = Domain(stored.Json);
        domain["machine"]!["type"]!.ToString().ShouldBe("q35");
        domain["cpu"]!["sockets"]!.GetValue<int>().ShouldBe(1);
        domain["firmware"].ShouldBeNull();
        domain["devices"]!["disks"]![0]!.ToJsonString().ShouldBe("""{"name":"root","disk":{"bus":"sata"}}""");
        domain["devices"]!["interfaces"]![0]!.ToJsonString().ShouldBe("""{"name":"default","masquerade":{}}""");
        (await _server.GetAsync(RunningServer.Vms + "/vm"))["spec"]!["template"]!["spec"]!["networks"].ShouldBeNull();
    }

    [Fact]
    public async Task What_is_shown_makes_a_machine_that_is_shown_the_same()
    {
        var shown = await _server.PutAsync(Subresources + "/expand-vm-spec", Vm);
        await MakeAsync(RunningServer.Vms, shown.Text);

        var again = await _server.GetAsync(Subresources + "/virtualmachines/vm/expand-spec");

        again["spec"]!.ToJsonString().ShouldBe(shown["spec"]!.ToJsonString());
    }

    [Fact]
    public async Task The_machine_type_that_is_recorded_is_shown_where_the_machine_names_none()
    {
        await _server.MakeVmAsync("plain");
        var told = await RunningServer.SendAsync(
            _server.Own,
            "PATCH",
            RunningServer.Vms + "/plain/status",
            """{"status":{"machineType":{"resolved":"pc-q35-7.2","source":"BuiltIn"}}}""",
            "application/merge-patch+json"
        );
        told.Code.ShouldBe(HttpStatusCode.OK, told.Text);

        var reply = await _server.GetAsync(Subresources + "/virtualmachines/plain/expand-spec");

        Domain(reply.Json)["machine"]!["type"]!.ToString().ShouldBe("pc-q35-7.2");
    }

    [Fact]
    public async Task The_copy_in_use_is_shown_and_not_what_became_of_the_type()
    {
        await MakeAsync(RunningServer.Vms, Vm);
        await MakeAsync(
            "/apis/apps/v1/namespaces/default/controllerrevisions",
            """
            {"metadata":{"name":"kept","labels":{"instancetype.kubevirt.io/object-name":"small",
             "instancetype.kubevirt.io/object-kind":"VirtualMachineInstancetype"}},"revision":1,
             "data":{"spec":{"cpu":{"guest":7},"memory":{"guest":"96Mi"}}}}
            """
        );
        var reference =
            """{"name":"small","kind":"VirtualMachineInstancetype","controllerRevisionRef":{"name":"kept"}}""";
        var told = await RunningServer.SendAsync(
            _server.Own,
            "PATCH",
            RunningServer.Vms + "/vm/status",
            $$"""{"status":{"instancetypeRef":{{reference}} } }""",
            "application/merge-patch+json"
        );
        told.Code.ShouldBe(HttpStatusCode.OK, told.Text);

        var reply = await _server.GetAsync(Subresources + "/virtualmachines/vm/expand-spec");

        Domain(reply.Json)["cpu"]!["cores"]!.GetValue<int>().ShouldBe(7);
    }

    [Fact]
    public async Task What_is_not_there_is_named()
    {
        var reply = await _server.PutAsync(
            Subresources + "/expand-vm-spec",
            Vm.Replace("\"small\"", "\"gone\"", StringComparison.Ordinal)
        );

        reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity, reply.Text);
        reply.Message.ShouldStartWith("virtualmachineinstancetypes.instancetype.kubevirt.io \"gone\" not found");
    }

    private static void ShouldBeExpanded(JsonObject machine)
    {
        var spec = machine["spec"]!.AsObject();
        spec.ContainsKey("instancetype").ShouldBeFalse();
        spec.ContainsKey("preference").ShouldBeFalse();
        var domain = Domain(machine);
        domain["cpu"]!["cores"]!.GetValue<int>().ShouldBe(2);
        domain["memory"]!["guest"]!.ToString().ShouldBe("64Mi");
        domain["machine"]!["type"]!.ToString().ShouldBe("pc-q35-7.2");
    }

    private static JsonNode Domain(JsonObject machine) => machine["spec"]!["template"]!["spec"]!["domain"]!;

    private async Task MakeAsync(string path, string body)
    {
        var reply = await _server.PostAsync(path, body);
        reply.Code.ShouldBe(HttpStatusCode.Created, reply.Text);
    }
}
