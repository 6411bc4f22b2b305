using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>kubectl, verb by verb, as its users type it.</summary>
public sealed class KubectlTests(VireoHost host)
{
    private const string Manifest = """
        apiVersion: kubevirt.io/v1
        kind: VirtualMachine
        metadata:
          name: NAME
          labels:
            test: kubectl
        spec:
          runStrategy: Halted
          template:
            spec:
              domain:
                devices: {}
                memory:
                  guest: 64Mi
        """;

    private const string Event = """
        apiVersion: v1
        kind: Event
        metadata:
          name: kubectl-event
          namespace: default
        involvedObject: {apiVersion: v1, kind: ConfigMap, name: kubectl-event, namespace: default}
        type: Normal
        reason: Done
        message: Something was done
        """;

    [Fact]
    public async Task What_is_there_is_shown_in_every_form_and_followed()
    {
        const string Vm = "kubectl-shown";
        await ApplyAsync(Vm);
        await SaysAsync("NAME", "get", "vm", Vm, "-o", "wide");
        await SaysAsync(Vm, "get", "vm", Vm, "-o", "custom-columns=N:.metadata.name");
        await SaysAsync("64Mi", "get", "vm", Vm, "-o", "jsonpath={.spec.template.spec.domain.memory.guest}");
        await SaysAsync("guest: 64Mi", "get", "vm", Vm, "-o", "yaml");
        await SaysAsync("Run Strategy:  Halted", "describe", "vm", Vm);
        await SaysAsync("printableStatus", "get", "--raw", $"{Api.Kubevirt}/virtualmachines/{Vm}");
        await SaysAsync("condition met", "wait", $"vm/{Vm}", "--for=jsonpath={.status.printableStatus}=Stopped");
        await SaysAsync("labeled", "label", "vm", Vm, "more=labels");
        await SaysAsync("annotated", "annotate", "vm", Vm, "more=words");
        await SaysAsync(Vm, "get", "vm", "-A", "-l", "more in (labels)", "--field-selector", $"metadata.name={Vm}");

        // Follows from before a change to after it; ends by itself.
        var following = host.KubectlAsync(
            "get",
            "vm",
            Vm,
            "-w",
            "--output-watch-events",
            "-o",
            "name",
            "--request-timeout=3s"
        );
        await SaysAsync("patched", "patch", "vm", Vm, "--type=merge", "-p", """{"metadata":{"labels":{"w":"1"}}}""");
        (await following).Output.ShouldContain($"virtualmachine.kubevirt.io/{Vm}");
        await SaysAsync("deleted", "delete", "vm", Vm);
    }

    [Fact]
    public async Task Each_kind_of_change_is_made_and_compared()
    {
        const string Vm = "kubectl-changed";
        await ApplyAsync(Vm);
        var larger = Named(Vm).Replace("64Mi", "96Mi", StringComparison.Ordinal);
        var difference = await host.KubectlWithInputAsync(larger, "diff", "-f", "-");
        (difference.ExitCode, difference.Output.Contains("+          guest: 96Mi", StringComparison.Ordinal)).ShouldBe(
            (1, true)
        );
        (await host.KubectlWithInputAsync(larger, "replace", "-f", "-")).ShouldSucceed();
        await SaysAsync(
            "patched",
            "patch",
            "vm",
            Vm,
            "--type=json",
            "-p",
            """[{"op":"test","path":"/spec/runStrategy","value":"Halted"},{"op":"add","path":"/metadata/labels/j","value":"1"}]"""
        );
        await SaysAsync(
            "virtualmachine.kubevirt.io/",
            "patch",
            "-f",
            await FileAsync(Named(Vm)),
            "--type=merge",
            "-p",
            """{"metadata":{"labels":{"m":"1"}}}""",
            "--dry-run=server",
            "-o",
            "name"
        );
        await EditsAsync(Vm);

        // What a VM has no notion of is refused, and nothing breaks.
        await RefusesAsync("could not find the requested resource", "scale", "vm", Vm, "--replicas=2");
        await RefusesAsync(
            "strategic-merge-patch+json is not supported",
            "patch",
            "vm",
            Vm,
            "--type=strategic",
            "-p",
            """{"metadata":{}}"""
        );
        await RefusesAsync("not found", "get", "vm", "nobody");
        // With more words kubectl shows what was sent and answered.
        await RefusesAsync(
            "Response Status: 422 Unprocessable Entity",
            "patch",
            "vm",
            Vm,
            "--type=merge",
            "-p",
            """{"spec":{"runStrategy":"Sometimes"}}""",
            "-v=8"
        );
        await SaysAsync("deleted", "delete", "vm", Vm);
    }

    [Fact]
    public async Task What_is_deleted_takes_with_it_what_its_cascade_says()
    {
        foreach (
            var (cascade, isLeft) in ((string, bool)[])[("background", false), ("foreground", false), ("orphan", true)]
        )
        {
            var (owner, owned) = ($"owner-{cascade}", $"owned-{cascade}");
            await SaysAsync("created", "create", "configmap", owner);
            var uid = (await host.GetAsync("configmap", owner))!["metadata"]!["uid"]!.ToString();
            (await host.KubectlWithInputAsync(Owned(owned, owner, uid), "create", "-f", "-")).ShouldSucceed();

            await SaysAsync("deleted", "delete", "configmap", owner, $"--cascade={cascade}");

            await Eventually.Sees(
                () => host.GetAsync("configmap", owned),
                seen => isLeft ? seen is not null && IsFree(seen) : seen is null,
                $"{owned} after its owner was deleted with --cascade={cascade}"
            );
            if (isLeft)
            {
                await SaysAsync("deleted", "delete", "configmap", owned);
            }
        }
    }

    [Fact]
    public async Task The_cluster_tells_what_it_serves_and_what_each_field_means()
    {
        await SaysAsync("virtualmachineinstances", "api-resources", "--api-group=kubevirt.io", "-o", "wide");
        await SaysAsync("virtualmachines.kubevirt.io", "get", "crd");
        await SaysAsync("condition met", "wait", "--for=condition=Established", "crd/virtualmachines.kubevirt.io");
        var fields = (await host.KubectlAsync("explain", "vm.spec.template.spec", "--recursive"))
            .ShouldSucceed()
            .Output;
        fields.ShouldContain("rebootPolicy\t<string>");
        fields.ShouldContain("enum: Reboot, Terminate");
        await SaysAsync("Reboot when", "explain", "vm.spec.template.spec.domain.rebootPolicy");
        await SaysAsync("readyz check passed", "get", "--raw", "/readyz?verbose");
        await SaysAsync("apiserver_request_total", "get", "--raw", "/metrics");
        (await host.KubectlWithInputAsync(Event, "create", "-f", "-")).ShouldSucceed();
        await SaysAsync("Something was done", "events", "--for", "configmap/kubectl-event");
    }

    [Fact]
    public async Task Two_appliers_own_their_fields_and_a_conflict_names_them()
    {
        const string Vm = "kubectl-owned";
        await AppliesAsync(Named(Vm), "serverside-applied", "--field-manager=one");
        await AppliesAsync(Named(Vm), "serverside-applied", "--field-manager=one");
        var larger = Named(Vm).Replace("64Mi", "96Mi", StringComparison.Ordinal);
        var conflict = await host.KubectlWithInputAsync(
            larger,
            "apply",
            "--server-side",
            "--field-manager=two",
            "-f",
            "-"
        );
        conflict.ExitCode.ShouldBe(1);
        conflict.Error.ShouldContain("conflict with \"one\"");
        conflict.Error.ShouldContain(".spec.template.spec.domain.memory.guest");
        await AppliesAsync(larger, "serverside-applied", "--field-manager=two", "--force-conflicts");
        await SaysAsync("manager: two", "get", "vm", Vm, "-o", "yaml", "--show-managed-fields");

        // Who applied by the client's side before goes on by the server's.
        const string Old = "kubectl-migrated";
        await ApplyAsync(Old);
        var without = Named(Old).Replace("    test: kubectl\n", "    other: label\n", StringComparison.Ordinal);
        await AppliesAsync(without, "serverside-applied");
        ((string?)(await host.GetAsync("vm", Old))!["metadata"]!["labels"]!["test"]).ShouldBeNull();
        await SaysAsync("deleted", "delete", "vm", Vm, Old);
    }

    [Fact]
    public async Task Who_one_is_and_what_one_may_do_is_told()
    {
        await SaysAsync("system:masters", "auth", "whoami");
        await SaysAsync("yes", "auth", "can-i", "create", "vm");
        await SaysAsync("*.*", "auth", "can-i", "--list");
        await SaysAsync("created", "create", "serviceaccount", "kubectl-account");
        const string Account = "--as=system:serviceaccount:default:kubectl-account";
        (await host.KubectlAsync("auth", "can-i", "delete", "vm", Account)).Output.Trim().ShouldBe("no");
        var token = (await host.KubectlAsync("create", "token", "kubectl-account")).ShouldSucceed().Output.Trim();
        token.Split('.').Length.ShouldBe(3, "it is a JWT");
        await RefusesAsync(
            "is forbidden: User \"system:serviceaccount:default:kubectl-account\" cannot list",
            "get",
            "vm",
            Account
        );
        await SaysAsync("deleted", "delete", "serviceaccount", "kubectl-account");
    }

    private async Task AppliesAsync(string manifest, string what, params string[] options) =>
        (await host.KubectlWithInputAsync(manifest, ["apply", "--server-side", .. options, "-f", "-"]))
            .ShouldSucceed()
            .Output.ShouldContain(what);

    [Fact]
    public async Task A_namespace_has_an_account_from_the_start_and_goes_with_all_that_is_in_it()
    {
        await SaysAsync("created", "create", "namespace", "kubectl-room");
        await Eventually.Holds(
            async () =>
                (await host.KubectlAsync("get", "serviceaccount", "default", "-n", "kubectl-room")).ExitCode == 0,
            "the namespace has its account"
        );
        await SaysAsync("created", "create", "configmap", "c", "-n", "kubectl-room", "--from-literal=a=b");
        await SaysAsync("deleted", "delete", "namespace", "kubectl-room");
        await RefusesAsync("not found", "get", "namespace", "kubectl-room");
    }

    private async Task EditsAsync(string vm)
    {
        var edited = await Shell.RunAsync(
            ["kubectl", "--kubeconfig", host.Kubeconfig, "edit", "vm", vm],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["KUBE_EDITOR"] = "sed -i s/96Mi/128Mi/" }
        );
        edited.ShouldSucceed().Output.ShouldContain("edited");
        await SaysAsync("128Mi", "get", "vm", vm, "-o", "yaml");
    }

    private async Task ApplyAsync(string name)
    {
        (await host.KubectlWithInputAsync(Named(name), "apply", "-f", "-"))
            .ShouldSucceed()
            .Output.ShouldContain("created");
        (await host.KubectlWithInputAsync(Named(name), "apply", "-f", "-")).Output.ShouldContain("unchanged");
    }

    private async Task SaysAsync(string what, params string[] arguments) =>
        (await host.KubectlAsync(arguments)).ShouldSucceed().Output.ShouldContain(what, Case.Sensitive);

    private async Task RefusesAsync(string why, params string[] arguments)
    {
        var refused = await host.KubectlAsync(arguments);
        refused.ExitCode.ShouldBe(1, refused.Output);
        refused.Error.ShouldContain(why);
    }

    private static string Named(string name) => Manifest.Replace("NAME", name, StringComparison.Ordinal);

    private static async Task<string> FileAsync(string manifest)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("vireo-").FullName, "vm.yaml");
        await File.WriteAllTextAsync(file, manifest);
        return file;
    }

    private static bool IsFree(JsonNode seen) => seen["metadata"]!["ownerReferences"] is null or JsonArray { Count: 0 };

    private static string Owned(string name, string owner, string uid) =>
        $$"""
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{name}}","ownerReferences":[
              {"apiVersion":"v1","kind":"ConfigMap","name":"{{owner}}","uid":"{{uid}}","blockOwnerDeletion":true}]} }
            """;
}
