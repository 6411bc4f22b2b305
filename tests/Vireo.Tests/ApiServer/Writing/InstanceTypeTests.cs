using System.Net;
using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Writing;

/// <summary>Writes of machines that refer to instance types and preferences, and of these.</summary>
public sealed class InstanceTypeTests : IAsyncLifetime
{
    private const string Group = "/apis/instancetype.kubevirt.io/v1beta1";
    private const string Types = Group + "/namespaces/default/virtualmachineinstancetypes";
    private const string Preferences = Group + "/namespaces/default/virtualmachinepreferences";
    private const string Vm = RunningServer.Vms + "/vm";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await MakeAsync(Types, "small", """{"cpu":{"guest":2},"memory":{"guest":"64Mi"}}""");
        await MakeAsync(Types, "large", """{"cpu":{"guest":4},"memory":{"guest":"2Gi"}}""");
        await MakeAsync(Preferences, "big", """{"requirements":{"cpu":{"guest":3},"memory":{"guest":"1Gi"}}}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("""{"memory":{"guest":"1Gi"}}""", "spec.template.spec.domain.memory.guest")]
    [InlineData("""{"cpu":{"cores":2}}""", "spec.template.spec.domain.cpu.cores")]
    [InlineData(
        """{"cpu":{"sockets":1,"cores":2},"resources":{"requests":{"memory":"1Gi"}}}""",
        "spec.template.spec.domain.cpu.sockets, spec.template.spec.domain.cpu.cores, "
            + "spec.template.spec.domain.resources.requests.memory"
    )]
    public async Task What_the_machine_says_against_its_type_is_refused_with_the_fields(string domain, string fields)
    {
        foreach (var type in new[] { "small", "not-there" })
        {
            var reply = await _server.PostAsync(RunningServer.Vms, Machine(type, domain: domain));

            reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity, reply.Text);
            reply.Message.ShouldBe($"VM field(s) {fields} conflicts with selected instance type");
            reply["details"]!["causes"]![0]!["reason"]!.ToString().ShouldBe("FieldValueInvalid");
        }
    }

    [Fact]
    public async Task A_machine_whose_type_is_not_there_is_taken()
    {
        var reply = await _server.PostAsync(RunningServer.Vms, Machine("not-there"));

        reply.Code.ShouldBe(HttpStatusCode.Created, reply.Text);
        reply["spec"]!["instancetype"]!["name"]!.ToString().ShouldBe("not-there");
    }

    [Fact]
    public async Task What_a_preference_requires_is_checked_at_each_change()
    {
        var refused = await _server.PostAsync(RunningServer.Vms, Machine("small", "big"));
        refused.Code.ShouldBe(HttpStatusCode.UnprocessableEntity, refused.Text);
        var causes = refused["details"]!["causes"]!.AsArray();
        causes
            .Select(cause => cause!["message"]!.ToString())
            .ShouldBe([
                "failure checking preference requirements: insufficient CPU resources of 2 vCPU provided by instance type, "
                    + "preference requires 3 vCPU",
                "failure checking preference requirements: insufficient Memory resources of 64Mi provided by instance type, "
                    + "preference requires 1Gi",
            ]);
        causes[0]!["reason"]!.ToString().ShouldBe("FieldValueNotFound");

        var made = await _server.PostAsync(RunningServer.Vms, Machine("large", "big"));
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);
        var changed = await _server.MergeAsync(Vm, """{"spec":{"instancetype":{"name":"small"}}}""");
        changed.Code.ShouldBe(HttpStatusCode.UnprocessableEntity, changed.Text);
        changed.Message.ShouldStartWith("failure checking preference requirements: ");
    }

    [Fact]
    public async Task A_machine_without_a_type_must_meet_the_requirements_with_its_own_fields()
    {
        const string big = """{"cpu":{"sockets":4},"memory":{"guest":"1Gi"}}""";
        var made = await _server.PostAsync(RunningServer.Vms, Machine(null, "big", big));
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);

        var smaller = await _server.MergeAsync(
            Vm,
            """{"spec":{"template":{"spec":{"domain":{"memory":{"guest":"512Mi"}}}}}}"""
        );

        smaller.Code.ShouldBe(HttpStatusCode.UnprocessableEntity, smaller.Text);
        smaller.Message.ShouldContain("insufficient Memory resources of 512Mi provided by VirtualMachine");
    }

    [Fact]
    public async Task A_machine_that_would_not_be_taken_any_more_can_be_started_and_stopped()
    {
        (await _server.PostAsync(RunningServer.Vms, Machine("later", "big"))).Code.ShouldBe(HttpStatusCode.Created);
        await MakeAsync(Types, "later", """{"cpu":{"guest":1},"memory":{"guest":"64Mi"}}""");

        var started = await _server.MergeAsync(Vm, """{"spec":{"runStrategy":"Always"}}""");

        started.Code.ShouldBe(HttpStatusCode.OK, started.Text);
        var changed = await _server.MergeAsync(Vm, """{"spec":{"template":{"spec":{"hostname":"a"}}}}""");
        changed.Code.ShouldBe(HttpStatusCode.UnprocessableEntity, changed.Text);
    }

    [Theory]
    [InlineData("VirtualMachineInstancetype")]
    [InlineData("virtualmachineinstancetype")]
    [InlineData("virtualMachineInstanceTypes")]
    public async Task The_kind_is_named_in_any_case_singular_or_plural(string kind)
    {
        var body = Machine("small", domain: """{"memory":{"guest":"1Gi"}}""")
            .Replace("VirtualMachineInstancetype", kind, StringComparison.Ordinal);

        (await _server.PostAsync(RunningServer.Vms, body)).Message.ShouldStartWith("VM field(s)");
    }

    [Fact]
    public async Task The_kind_of_the_cluster_is_meant_where_none_is_named()
    {
        await MakeAsync(
            Group + "/virtualmachineclusterinstancetypes",
            "shared",
            """{"cpu":{"guest":1},"memory":{"guest":"2Gi"}}"""
        );
        var body = Machine("shared", "big")
            .Replace(""","kind":"VirtualMachineInstancetype" """.TrimEnd(), "", StringComparison.Ordinal);

        var reply = await _server.PostAsync(RunningServer.Vms, body);

        reply.Message.ShouldContain("insufficient CPU resources of 1 vCPU provided by instance type");
    }

    [Theory]
    [InlineData("""{"name":"small","kind":"Pod"}""", "spec.instancetype.kind", "got unexpected kind")]
    [InlineData("{}", "spec.instancetype", "Either Name or InferFromVolume should be provided")]
    [InlineData(
        """{"name":"small","inferFromVolume":"root"}""",
        "spec.instancetype.name",
        "Name should not be provided"
    )]
    [InlineData("""{"inferFromVolume":"root"}""", "spec.instancetype.inferFromVolume", "unable to find volume root")]
    public async Task A_reference_that_means_nothing_is_refused_by_field(string matcher, string field, string why)
    {
        var body = JsonNode.Parse(Machine("small"))!;
        body["spec"]!["instancetype"] = JsonNode.Parse(matcher);

        var reply = await _server.PostAsync(RunningServer.Vms, body.ToJsonString());

        reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity, reply.Text);
        reply["details"]!["causes"]![0]!["field"]!.ToString().ShouldBe(field);
        reply.Message.ShouldStartWith(why);
    }

    [Fact]
    public async Task Who_names_another_type_and_leaves_the_pin_of_the_old_one_is_told()
    {
        var body = JsonNode.Parse(Machine("small"))!;
        body["spec"]!["instancetype"]!["revisionName"] = "vm-small-1";
        (await _server.PostAsync(RunningServer.Vms, body.ToJsonString())).Code.ShouldBe(HttpStatusCode.Created);

        var reply = await _server.MergeAsync(Vm, """{"spec":{"instancetype":{"name":"large"}}}""");

        reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        reply.Message.ShouldBe("the Matcher Name has been updated without updating the RevisionName");
        var both = await _server.MergeAsync(Vm, """{"spec":{"instancetype":{"name":"large","revisionName":""}}}""");
        both.Code.ShouldBe(HttpStatusCode.OK, both.Text);
    }

    [Fact]
    public async Task A_type_with_what_nobody_acts_on_is_kept_and_a_machine_of_it_refused_by_name()
    {
        const string All = """
            {
              "cpu": {
                "guest": 1, "dedicatedCPUPlacement": true, "isolateEmulatorThread": true, "maxSockets": 1,
                "numa": { "guestMappingPassthrough": {} }, "realtime": { "mask": "0" }
              },
              "memory": { "guest": "1Gi", "hugepages": { "pageSize": "1Gi" } },
              "gpus": [
                {
                  "name": "gpu1", "deviceName": "nvidia.com/A10",
                  "virtualGPUOptions": { "display": { "enabled": true, "ramFB": { "enabled": false } } }
                }
              ],
              "hostDevices": [{ "name": "card", "deviceName": "example.com/card", "tag": "first" }],
              "ioThreads": { "supplementalPoolThreadCount": 2 },
              "ioThreadsPolicy": "supplementalPool",
              "launchSecurity": { "sev": { "policy": { "encryptedState": true } }, "snp": {}, "tdx": {} },
              "schedulerName": "theirs"
            }
            """;
        await MakeAsync(Types, "pinned", All);

        var kept = await _server.GetAsync($"{Types}/pinned");
        JsonNode.DeepEquals(kept["spec"], JsonNode.Parse(All)).ShouldBeTrue(kept["spec"]!.ToJsonString());

        var reply = await _server.PostAsync(RunningServer.Vms, Machine("pinned"));
        reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        foreach (var field in new[] { "cpu.dedicatedCPUPlacement", "cpu.numa", "cpu.realtime", "gpus", "hostDevices" })
        {
            reply.Text.ShouldContain($"sets {field}, which");
        }
    }

    [Theory]
    [InlineData("""{"cpu":{"guest":0},"memory":{"guest":"1Gi"}}""", "spec.cpu.guest")]
    [InlineData("""{"cpu":{"guest":9999},"memory":{"guest":"1Gi"}}""", "spec.cpu.guest")]
    [InlineData("""{"cpu":{"guest":1},"memory":{"guest":"0"}}""", "spec.memory.guest")]
    [InlineData("""{"cpu":{"guest":1},"memory":{"guest":"2Gi","maxGuest":"1Gi"}}""", "spec.memory.maxGuest")]
    [InlineData(
        """{"cpu":{"guest":1},"memory":{"guest":"1Gi","overcommitPercent":101}}""",
        "spec.memory.overcommitPercent"
    )]
    [InlineData(
        """{"cpu":{"guest":1},"memory":{"guest":"1Gi","overcommitPercent":50,"hugepages":{"pageSize":"2Mi"}}}""",
        "spec.memory.overcommitPercent"
    )]
    [InlineData("""{"cpu":{"guest":1,"model":"no model"},"memory":{"guest":"1Gi"}}""", "spec.cpu.model")]
    [InlineData("""{"cpu":{"guest":1},"memory":{"guest":"1Gi"},"nodeSelector":{"a b":"c"}}""", "spec.nodeSelector")]
    public async Task A_type_that_no_machine_could_have_is_refused_by_field(string spec, string field)
    {
        foreach (var path in new[] { Types, Group + "/virtualmachineclusterinstancetypes" })
        {
            var reply = await _server.PostAsync(path, Named("wrong", spec));

            reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity, reply.Text);
            reply["details"]!["causes"]![0]!["field"]!.ToString().ShouldStartWith(field);
        }
    }

    [Theory]
    [InlineData(
        """{"cpu":{"preferredCPUTopology":"spread","spreadOptions":{"across":"CoresThreads","ratio":3}}}""",
        "spec.cpu.spreadOptions.ratio"
    )]
    [InlineData("""{"cpu":{"preferredCPUTopology":"sideways"}}""", "spec.cpu.preferredCPUTopology")]
    [InlineData("""{"machine":{"preferredMachineType":"no type"}}""", "spec.machine.preferredMachineType")]
    [InlineData("""{"requirements":{"cpu":{"guest":0}}}""", "spec.requirements.cpu.guest")]
    [InlineData("""{"requirements":{"memory":{"guest":"-1"}}}""", "spec.requirements.memory.guest")]
    [InlineData("""{"requirements":{"architecture":"z80"}}""", "spec.requirements.architecture")]
    [InlineData("""{"firmware":{"preferredUseBios":true,"preferredEfi":{}}}""", "spec.firmware.preferredUseBios")]
    public async Task A_preference_that_means_nothing_is_refused_by_field(string spec, string field)
    {
        foreach (var path in new[] { Preferences, Group + "/virtualmachineclusterpreferences" })
        {
            var reply = await _server.PostAsync(path, Named("wrong", spec));

            reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity, reply.Text);
            reply["details"]!["causes"]![0]!["field"]!.ToString().ShouldBe(field);
        }
    }

    [Fact]
    public async Task Older_words_of_preferences_work_and_warn()
    {
        var reply = await _server.PostAsync(
            Preferences,
            Named("old", """{"cpu":{"preferredCPUTopology":"preferCores"},"firmware":{"preferredUseEfi":true}}""")
        );

        reply.Code.ShouldBe(HttpStatusCode.Created, reply.Text);
        var warnings = string.Join('\n', reply.Warnings);
        warnings.ShouldContain("preferCores is deprecated, use cores instead");
        warnings.ShouldContain("preferredUseEfi");
    }

    [Fact]
    public async Task A_preferred_machine_type_that_the_cluster_does_not_allow_is_refused_with_the_machine()
    {
        await MakeAsync(Preferences, "odd", """{"machine":{"preferredMachineType":"microvm"}}""");

        var reply = await _server.PostAsync(RunningServer.Vms, Machine("small", "odd"));

        reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        reply.Message.ShouldStartWith("spec.template.spec.domain.machine.type is not supported: microvm");
    }

    private async Task MakeAsync(string path, string name, string spec)
    {
        var reply = await _server.PostAsync(path, Named(name, spec));
        reply.Code.ShouldBe(HttpStatusCode.Created, reply.Text);
    }

    private static string Named(string name, string spec) => $$"""{"metadata":{"name":"{{name}}"},"spec":{{spec}} }""";

    private static string Machine(string? type, string? preference = null, string domain = "{}")
    {
        var whole = JsonNode.Parse(domain)!;
        whole["devices"] = new JsonObject();
        var spec = new JsonObject
        {
            ["runStrategy"] = "Halted",
            ["template"] = new JsonObject { ["spec"] = new JsonObject { ["domain"] = whole } },
        };
        if (type is not null)
        {
            spec["instancetype"] = new JsonObject { ["name"] = type, ["kind"] = "VirtualMachineInstancetype" };
        }

        if (preference is not null)
        {
            spec["preference"] = new JsonObject { ["name"] = preference, ["kind"] = "VirtualMachinePreference" };
        }

        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "vm" },
            ["spec"] = spec,
        }.ToJsonString();
    }
}
