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
        await SaysAsync(Vm, "get", "vm", Vm, "-o", "custom-columns=N:.metadata.name");
        await SaysAsync("64Mi", "get", "vm", Vm, "-o", "jsonpath={.spec.template.spec.domain.memory.guest}");
        await SaysAsync("guest: 64Mi", "get", "vm", Vm, "-o", "yaml");
        await SaysAsync("Run Strategy:  Halted", "describe", "vm", Vm);
        await SaysAsync("printableStatus", "get", "--raw", $"{Api.Kubevirt}/virtualmachines/{Vm}");
        await SaysAsync("condition met", "wait", $"vm/{Vm}", "--for=jsonpath={.status.printableStatus}=Stopped");
        await SaysAsync("labeled", "label", "vm", Vm, "more=labels");
        await SaysAsync("annotated", "annotate", "vm", Vm, "more=words");
        await SaysAsync(Vm, "get", "vm", "-A", "-l", "more in (labels)", "--field-selector", $"metadata.name={Vm}");

        await SaysAsync("deleted", "delete", "vm", Vm);
    }

    [Fact]
    public async Task A_table_has_its_columns_and_the_wide_one_has_more()
    {
        const string Vm = "kubectl-wide";
        await ApplyAsync(Vm);
        await SaysAsync("condition met", "wait", $"vm/{Vm}", "--for=jsonpath={.status.printableStatus}=Stopped");

        (await RowsAsync("get", "vm", Vm)).ShouldBe(["NAME AGE STATUS READY", $"{Vm} <age> Stopped False"]);
        (await RowsAsync("get", "vm", Vm, "-o", "wide")).ShouldBe([
            "NAME AGE STATUS READY MACHINETYPE",
            $"{Vm} <age> Stopped False",
        ]);
        (await RowsAsync("get", "vm", Vm, "-o", "wide", "--no-headers", "-L", "test", "-L", "none")).ShouldBe([
            $"{Vm} <age> Stopped False kubectl",
        ]);
        var nodes = await RowsAsync("get", "nodes", "-o", "wide");
        var node = JsonNode.Parse((await host.KubectlAsync("get", "nodes", "-o", "json")).Output)!["items"]![0]!;
        var (status, told) = (node["status"]!, node["status"]!["nodeInfo"]!);
        nodes.ShouldBe([
            "NAME READY AGE VERSION INTERNAL-IP OS-IMAGE KERNEL-VERSION HYPERVISOR",
            $"{node["metadata"]!["name"]} True <age> {told["kubeletVersion"]} "
                + $"{status["addresses"]!.AsArray().Single(at => (string?)at!["type"] == "InternalIP")!["address"]} "
                + $"{told["osImage"]} {told["kernelVersion"]} {told["containerRuntimeVersion"]}",
        ]);
        await SaysAsync("deleted", "delete", "vm", Vm);
    }

    [Fact]
    public async Task A_table_that_is_followed_gets_a_row_for_each_change()
    {
        const string Vm = "kubectl-followed";
        await ApplyAsync(Vm);

        var shown = await FollowAsync(
            """
            exec 3< <(exec "$@" get vm kubectl-followed -w --output-watch-events -L step)
            following=$!
            shows '^ADDED +kubectl-followed '
            "$@" label vm kubectl-followed step=one >/dev/null
            shows '^MODIFIED +kubectl-followed .* one *$'
            "$@" delete vm kubectl-followed --wait=false >/dev/null
            shows '^DELETED +kubectl-followed .* one *$'
            kill $following
            """
        );

        Rows(shown)[0].ShouldBe("EVENT NAME AGE STATUS READY STEP");
    }

    [Fact]
    public async Task A_wait_for_a_deletion_ends_with_it()
    {
        const string Name = "kubectl-waited";
        await SaysAsync("created", "create", "configmap", Name);
        await SaysAsync("patched", "patch", "configmap", Name, "-p", Finalizers("example.com/held"));
        (await host.KubectlAsync("wait", "--for=delete", $"configmap/{Name}", "--timeout=1s")).ExitCode.ShouldBe(1);
        await SaysAsync("deleted", "delete", "configmap", Name, "--wait=false");
        var still = await host.KubectlAsync("wait", "--for=delete", $"configmap/{Name}", "--timeout=1s");
        (still.ExitCode, still.Error.Contains("timed out waiting", StringComparison.Ordinal)).ShouldBe((1, true));

        await FollowAsync(
            $"""
            exec 3< <(exec "$@" wait --for=delete configmap/{Name} --timeout=60s -v=6 2>&1)
            shows 'watch=true.* 200 OK'
            "$@" patch configmap {Name} --type=merge -p '{Finalizers()}'
            shows 'condition met'
            wait $!
            """
        );

        (await host.GetAsync("configmap", Name)).ShouldBeNull();
    }

    [Fact]
    public async Task A_strategic_merge_patch_puts_entries_into_lists_by_their_keys()
    {
        const string Name = "kubectl-merged";
        const string Manifest = """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: kubectl-merged}
            imagePullSecrets: [{name: first}, {name: second}]
            """;
        (await host.KubectlWithInputAsync(Manifest, "create", "-f", "-")).ShouldSucceed();

        await SaysAsync(
            "patched",
            "patch",
            "serviceaccount",
            Name,
            "-p",
            """{"imagePullSecrets":[{"name":"third"},{"$patch":"delete","name":"first"}]}"""
        );
        (await PullSecretsAsync(Name)).ShouldBe(["second", "third"], ignoreOrder: true);

        await SaysAsync(
            "patched",
            "patch",
            "serviceaccount",
            Name,
            "--type=merge",
            "-p",
            """{"imagePullSecrets":[{"name":"only"}]}"""
        );
        (await PullSecretsAsync(Name)).ShouldBe(["only"]);
        await SaysAsync("deleted", "delete", "serviceaccount", Name);
    }

    [Fact]
    public async Task A_difference_is_asked_of_the_server_and_there_is_none_when_nothing_changes()
    {
        const string Vm = "kubectl-compared";
        await AppliesAsync(Named(Vm), "serverside-applied");
        var larger = Named(Vm).Replace("64Mi", "96Mi", StringComparison.Ordinal);

        var same = await host.KubectlWithInputAsync(Named(Vm), "diff", "--server-side", "-f", "-");
        (same.ExitCode, same.Output).ShouldBe((0, ""));
        var other = await host.KubectlWithInputAsync(larger, "diff", "--server-side", "-f", "-");
        other.ExitCode.ShouldBe(1, other.Error);
        Changed(other.Output).ShouldBe(["-          guest: 64Mi", "+          guest: 96Mi"]);
        await SaysAsync("64Mi", "get", "vm", Vm, "-o", "jsonpath={.spec.template.spec.domain.memory.guest}");
        await SaysAsync("deleted", "delete", "vm", Vm);

        // Of what is not there all is new.
        var whole = await host.KubectlWithInputAsync(Named(Vm), "diff", "--server-side", "-f", "-");
        whole.ExitCode.ShouldBe(1, whole.Error);
        Changed(whole.Output).ShouldContain("+  name: kubectl-compared");
        (await host.GetAsync("vm", Vm)).ShouldBeNull();
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

            (await host.GetAsync("configmap", owner)).ShouldBeNull();
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

    [Theory]
    [InlineData("foreground", true)]
    [InlineData("background", false)]
    public async Task An_owner_waits_for_what_it_owns_in_the_foreground_alone(string cascade, bool waits)
    {
        var (owner, owned) = ($"waits-{cascade}", $"held-{cascade}");
        await SaysAsync("created", "create", "configmap", owner);
        var uid = (await host.GetAsync("configmap", owner))!["metadata"]!["uid"]!.ToString();
        (await host.KubectlWithInputAsync(Owned(owned, owner, uid), "create", "-f", "-")).ShouldSucceed();
        await SaysAsync("patched", "patch", "configmap", owned, "-p", Finalizers("example.com/held"));

        await SaysAsync("deleted", "delete", "configmap", owner, $"--cascade={cascade}", "--wait=false");
        await Eventually.Sees(
            () => host.GetAsync("configmap", owned),
            seen => seen!["metadata"]!["deletionTimestamp"] is not null,
            $"{owned} is asked to go"
        );

        (await host.GetAsync("configmap", owner) is not null).ShouldBe(waits);
        await SaysAsync("patched", "patch", "configmap", owned, "--type=merge", "-p", Finalizers());
        (await host.KubectlAsync("wait", "--for=delete", $"configmap/{owner}", "--timeout=60s")).ShouldSucceed();
        (await host.GetAsync("configmap", owned)).ShouldBeNull();
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

    /// <summary>The rows that kubectl prints, a space between two cells; an age is some age.</summary>
    private async Task<string[]> RowsAsync(params string[] arguments) =>
        Rows((await host.KubectlAsync(arguments)).ShouldSucceed().Output);

    private static string[] Rows(string table) =>
        [
            .. table
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(row => string.Join(' ', row.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Aged))),
        ];

    private static string Aged(string cell) => cell is [.., 's' or 'm'] && char.IsAsciiDigit(cell[0]) ? "<age>" : cell;

    /// <summary>Runs a script of bash, in which <c>"$@"</c> is kubectl and <c>shows</c> reads on in stream 3.</summary>
    /// <returns>What was shown.</returns>
    private async Task<string> FollowAsync(string script)
    {
        const string Shows =
            """shows() { while read -r -t 30 row <&3; do echo "$row"; [[ $row =~ $1 ]] && return; done; exit 1; }""";
        string[] kubectl = [.. host.Inside, "kubectl", "--kubeconfig", host.Kubeconfig];
        var run = await Shell.RunAsync(["bash", "-c", $"{Shows}\n{script}", "bash", .. kubectl]);
        return run.ShouldSucceed().Output;
    }

    private async Task<IEnumerable<string>> PullSecretsAsync(string account) =>
        (await host.GetAsync("serviceaccount", account))!["imagePullSecrets"]!
            .AsArray()
            .Select(secret => secret!["name"]!.ToString());

    /// <summary>The lines of a difference that are one, but for what every write changes.</summary>
    private static string[] Changed(string difference) =>
        [
            .. difference
                .Split('\n')
                .Where(line => line is ['+' or '-', ..] && !line.StartsWith("+++ ") && !line.StartsWith("--- "))
                .Where(line => !line.Contains("generation:", StringComparison.Ordinal)),
        ];

    private static string Finalizers(params string[] names) =>
        $$"""{"metadata":{"finalizers":[{{string.Join(',', names.Select(name => $"\"{name}\""))}}]} }""";

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
