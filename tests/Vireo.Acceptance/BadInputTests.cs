using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>
/// Bad input around a VM's life: each is a Status with its reason, field and rule, and nothing has changed.
/// </summary>
public sealed class BadInputTests(VireoHost host)
{
    private const string Machines = $"{Api.Kubevirt}/virtualmachines";

    private static readonly Dictionary<string, (Action<JsonNode> Change, string Field, string Says)> Manifests = new(
        StringComparer.Ordinal
    )
    {
        ["an unknown run strategy"] = (vm => vm["spec"]!["runStrategy"] = "Sometimes", "spec.runStrategy", "Sometimes"),
        ["both running and runStrategy"] = (vm => vm["spec"]!["running"] = true, "spec.running", "mutually exclusive"),
        ["an unknown reboot policy"] = (
            vm => Spec(vm)["domain"]!["rebootPolicy"] = "Perhaps",
            "spec.template.spec.domain.rebootPolicy",
            "Perhaps"
        ),
        ["a disk without its volume"] = (
            vm => Spec(vm)["domain"]!["devices"]!["disks"]![0]!["name"] = "lost",
            "spec.template.spec.domain.devices.disks[0].name",
            "'lost' not found"
        ),
        ["two disks with one boot order"] = (
            vm => AddDisk(vm, first: 1, second: 1),
            "spec.template.spec.domain.devices.disks[1].bootOrder",
            "already set for a different device"
        ),
        ["a boot order of nothing"] = (
            vm => AddDisk(vm, first: 0, second: 1),
            "spec.template.spec.domain.devices.disks[0].bootOrder",
            "greater than or equal to 1"
        ),
        ["a negative grace period"] = (
            vm => Spec(vm)["terminationGracePeriodSeconds"] = -1,
            "spec.template.spec.terminationGracePeriodSeconds",
            ""
        ),
        ["a name that is no DNS label"] = (vm => vm["metadata"]!["name"] = "Bad_Name", "metadata.name", "Bad_Name"),
    };

    private static readonly Dictionary<
        string,
        (string Action, string Body, int Code, string Reason, string Says)
    > Bodies = new(StringComparer.Ordinal)
    {
        ["no JSON"] = ("stop", "{not json", 400, "BadRequest", "Can not unmarshal Request body to struct, error:"),
        ["a list"] = ("start", "[1]", 400, "BadRequest", "Can not unmarshal Request body to struct, error:"),
        ["a misspelled field"] = ("stop", """{"gracePeriodSecond":0}""", 400, "BadRequest", "gracePeriodSecond"),
        ["a wrong type"] = ("stop", """{"gracePeriod":"long"}""", 400, "BadRequest", ""),
        ["a negative grace period to stop"] = ("stop", """{"gracePeriod":-1}""", 400, "BadRequest", "gracePeriod"),
        ["a negative grace period to restart"] = (
            "restart",
            """{"gracePeriodSeconds":-1}""",
            400,
            "BadRequest",
            "gracePeriod"
        ),
    };

    public static TheoryData<string> ManifestCases => [.. Manifests.Keys];

    public static TheoryData<string> BodyCases => [.. Bodies.Keys];

    [Theory, MemberData(nameof(ManifestCases))]
    public async Task A_manifest_is_refused_and_a_running_vm_keeps_what_it_has(string fault)
    {
        var (change, field, says) = Manifests[fault];
        await using var guest = await new MicroGuest(host, "bad-input").StartAsync("Halted");
        await guest.IsAsync("Stopped");
        var before = (await guest.VmAsync())!["spec"]!.ToJsonString();

        var created = new MicroGuest(host, "bad-created").Document("Halted");
        change(created);
        (await host.Api.SendAsync(HttpMethod.Post, Machines, created.ToJsonString()))
            .ShouldRefuse(422, "Invalid")
            .ShouldBlame(field, says);
        (await host.GetAsync("vm", "bad-created")).ShouldBeNull();

        if (field != "metadata.name")
        {
            var updated = guest.Document("Halted");
            change(updated);
            (
                await host.Api.PatchAsync(
                    guest.VmPath,
                    new JsonObject { ["spec"] = updated["spec"]!.DeepClone() }.ToJsonString()
                )
            )
                .ShouldRefuse(422, "Invalid")
                .ShouldBlame(field, says);
        }

        (await guest.VmAsync())!["spec"]!.ToJsonString().ShouldBe(before);
    }

    [Theory, MemberData(nameof(BodyCases))]
    public async Task A_body_that_makes_no_sense_is_refused_and_the_vm_is_unchanged(string fault)
    {
        var (action, body, code, reason, says) = Bodies[fault];
        await using var guest = await new MicroGuest(host, "bad-body").StartAsync();
        var booted = await guest.BootedAsync();

        (await guest.ActAsync(action, body)).ShouldRefuse(code, reason, says);

        var after = await guest.LookAsync();
        after.Uid.ShouldBe(booted.Uid);
        after.Vm!["spec"]!.ToJsonString().ShouldBe(booted.Vm!["spec"]!.ToJsonString());
        after.Vm["status"]!["stateChangeRequests"].ShouldBeNull();
    }

    [Fact]
    public async Task A_volume_without_a_disk_gets_one_as_in_kubevirt()
    {
        await using var guest = new MicroGuest(host, "bad-volume");
        var document = guest.Document("Always");
        Spec(document)["domain"]!["devices"]!.AsObject().Remove("disks");

        await guest.StartAsync(document);

        var vmi = (await guest.BootedAsync()).Vmi!;
        ((string?)vmi["spec"]!["domain"]!["devices"]!["disks"]![0]!["name"]).ShouldBe("root");
    }

    [Fact]
    public async Task Actions_on_what_is_not_there_are_answered_not_found()
    {
        var nobody = new MicroGuest(host, "bad-nobody");

        foreach (var action in (string[])["start", "stop", "restart", "migrate"])
        {
            (await nobody.ActAsync(action)).ShouldRefuse(
                404,
                "NotFound",
                "virtualmachine.kubevirt.io \"bad-nobody\" not found"
            );
        }

        foreach (var action in (string[])["pause", "unpause", "softreboot", "reset", "freeze", "unfreeze"])
        {
            (await nobody.ActOnInstanceAsync(action)).ShouldRefuse(404, "NotFound", "bad-nobody");
        }

        foreach (var stream in (string[])["console", "vnc", "portforward/80"])
        {
            (await host.Api.AskForStreamAsync(nobody.StreamPath(stream))).ShouldRefuse(404, "NotFound", "bad-nobody");
        }
    }

    [Fact]
    public async Task Ports_that_cannot_be_are_refused()
    {
        await using var guest = await new MicroGuest(host, "bad-port").StartAsync();
        await guest.BootedAsync();

        foreach (var port in (string[])["0", "70000", "http", "80/sctp"])
        {
            var answer = await host.Api.AskForStreamAsync(guest.StreamPath($"portforward/{port}"));
            answer.Code.ShouldBeInRange(400, 422, answer.ToString());
            ((string?)answer.Json["kind"]).ShouldBe("Status", answer.ToString());
        }
    }

    [Fact]
    public async Task A_cd_image_that_is_not_there_is_named_and_the_vm_waits_for_it()
    {
        await using var guest = new MicroGuest(host, "bad-cd");
        var document = guest.Document("Always");
        Spec(document)["domain"]!["devices"]!["disks"]!
            .AsArray()
            .Add(JsonNode.Parse("""{"name":"cd","cdrom":{"bus":"sata"}}"""));
        Spec(document)["volumes"]!
            .AsArray()
            .Add(
                JsonNode.Parse(
                    """{"name":"cd","containerDisk":{"image":"vireo/no-such-cd:v1","imagePullPolicy":"Never"}}"""
                )
            );
        await guest.StartAsync(document);

        var waiting = await guest.SeenAsync(
            sight => (string?)sight.OfVmi("Synchronized")?["status"] == "False",
            "it says what is missing"
        );

        ((string?)waiting.OfVmi("Synchronized")!["message"])!.ShouldContain("vireo/no-such-cd:v1");
        (
            await guest.SeenAsync(sight => sight.Status is "ErrImagePull" or "ImagePullBackOff", "the VM says so")
        ).Phase.ShouldNotBe("Running");
    }

    private static JsonNode Spec(JsonNode vm) => vm["spec"]!["template"]!["spec"]!;

    private static void AddDisk(JsonNode vm, int first, int second)
    {
        var disks = Spec(vm)["domain"]!["devices"]!["disks"]!.AsArray();
        disks[0]!["bootOrder"] = first;
        disks.Add(JsonNode.Parse($$$"""{"name":"second","bootOrder":{{{second}}},"disk":{"bus":"virtio"}}"""));
        Spec(vm)["volumes"]!.AsArray().Add(JsonNode.Parse("""{"name":"second","emptyDisk":{"capacity":"1Mi"}}"""));
    }
}
