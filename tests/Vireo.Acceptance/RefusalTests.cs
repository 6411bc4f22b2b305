using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>Bad input: one clear sentence that names the field, and nothing is changed.</summary>
[Collection(ApartCollection.Name)]
public sealed class RefusalTests(ApartHost host)
{
    private static readonly Dictionary<string, (Action<JsonNode> Change, string[] Says)> Faults = new(
        StringComparer.Ordinal
    )
    {
        ["an unknown field"] = (vm => Domain(vm)["memroy"] = "1Gi", ["memroy"]),
        ["a field of KubeVirt that is not there yet"] = (
            vm => Spec(vm)["livenessProbe"] = JsonNode.Parse("""{"tcpSocket":{"port":22}}"""),
            ["spec.template.spec.livenessProbe", "does not implement"]
        ),
        ["a disk without its volume"] = (
            vm => Domain(vm)["devices"]!["disks"]![0]!["name"] = "lost",
            ["lost", "not found"]
        ),
        ["an interface without its network"] = (vm => Spec(vm)["networks"]![0]!["name"] = "another", ["default"]),
        ["a name that is no DNS label"] = (vm => vm["metadata"]!["name"] = "Bad_Name", ["metadata.name"]),
        ["no memory"] = (vm => Domain(vm)["memory"]!["guest"] = "0", ["memory"]),
        ["a machine type that is not allowed"] = (
            vm => Domain(vm)["machine"] = JsonNode.Parse("""{"type":"sun4m"}"""),
            ["machine.type", "sun4m"]
        ),
        ["an unknown strategy"] = (vm => vm["spec"]!["runStrategy"] = "Sometimes", ["spec.runStrategy"]),
        ["a host disk without its gate"] = (
            vm =>
                Spec(vm)["volumes"] = JsonNode.Parse(
                    """[{"name":"root","hostDisk":{"path":"/srv/x.img","type":"Disk"}}]"""
                ),
            ["HostDisk"]
        ),
    };

    public static TheoryData<string> Cases => [.. Faults.Keys];

    [Theory, MemberData(nameof(Cases))]
    public async Task A_manifest_is_refused_by_the_name_of_its_field(string fault)
    {
        var (change, says) = Faults[fault];
        await CloseHostDiskGateAsync();

        var manifest = new Guest(host, "bad").Document(change).ToJsonString();
        var answer = await host.KubectlWithInputAsync(manifest, "apply", "-f", "-");

        answer.ExitCode.ShouldNotBe(0);
        foreach (var word in says)
        {
            answer.Error.ShouldContain(word);
        }

        (await host.GetAsync("vm", "bad")).ShouldBeNull();
    }

    private async Task CloseHostDiskGateAsync() =>
        (
            await host.KubectlAsync(
                "patch",
                "kubevirt",
                "kubevirt",
                "-n",
                "kubevirt",
                "--type=merge",
                "-p",
                """{"spec":{"configuration":{"developerConfiguration":{"featureGates":null}}}}"""
            )
        ).ShouldSucceed();

    private static JsonNode Spec(JsonNode vm) => vm["spec"]!["template"]!["spec"]!;

    private static JsonNode Domain(JsonNode vm) => Spec(vm)["domain"]!;

    [Fact]
    public async Task A_vm_larger_than_the_host_waits_and_says_what_is_missing()
    {
        await using var guest = new Guest(host, "giant");
        await host.ApplyAsync(guest.Manifest(memory: "4Ti"));

        await Eventually.Holds(
            async () => (string?)(await guest.VmAsync())!["status"]!["printableStatus"] == "ErrorUnschedulable",
            "the VM says that it fits nowhere"
        );
        (await host.KubectlAsync("describe", "vmi", "giant")).Output.ShouldContain("memory");
    }

    [Fact]
    public async Task A_user_cannot_change_an_instance()
    {
        await using var guest = await new MicroGuest(host, "fixed").StartAsync();
        await guest.InPhaseAsync("Running");

        var answer = await host.KubectlAsync(
            "patch",
            "vmi",
            "fixed",
            "--type=merge",
            "-p",
            """{"spec":{"domain":{"memory":{"guest":"256Mi"}}}}"""
        );

        answer.Error.ShouldContain("update of VMI object is restricted");
    }

    [Fact]
    public async Task A_second_vireo_on_the_same_folder_is_refused()
    {
        var answer = await host.RunAsync("up");

        answer.ExitCode.ShouldBe(1);
        answer.Error.ShouldContain("already runs");
        answer.Error.Trim().Split('\n').Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("vireo-port-");
        var port = new Uri(host.Server).Port;

        var answer = await UpAsync(folder.FullName, "--listen", $"127.0.0.1:{port}");

        answer.ExitCode.ShouldBe(1);
        answer.Error.ShouldContain($"{port}");
        answer.Error.ShouldContain("in use");
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_state_folder_that_cannot_be_is_named()
    {
        var answer = await UpAsync("/proc/vireo", "--listen", "127.0.0.1:0");

        answer.ExitCode.ShouldBe(1);
        answer.Error.ShouldContain("/proc/vireo");
    }

    [Fact]
    public async Task A_libvirt_that_does_not_answer_is_named_by_the_host_object()
    {
        var folder = Directory.CreateTempSubdirectory("vireo-nolv-");
        var options = "--listen 127.0.0.1:17999 --libvirt-uri qemu+unix:///system?socket=/none";
        using var process = ThisMachine.Launch(
            $"'{Checkout.Program}' up --state-dir '{folder.FullName}' {options}",
            "/dev/null",
            host.Network
        );
        var kubeconfig = Path.Combine(folder.FullName, "admin.kubeconfig");

        await Eventually.Holds(
            async () =>
                (
                    await host.OnHostAsync(["kubectl", "--kubeconfig", kubeconfig, "get", "hosts", "-o", "yaml"])
                ).Output.Contains("libvirt", StringComparison.OrdinalIgnoreCase),
            "the Host says that libvirt does not answer"
        );

        ThisMachine.End(process);
        folder.Delete(recursive: true);
    }

    private Task<CommandResult> UpAsync(string stateFolder, params string[] options) =>
        host.OnHostAsync([Checkout.Program, "up", "--state-dir", stateFolder, .. options]);
}
