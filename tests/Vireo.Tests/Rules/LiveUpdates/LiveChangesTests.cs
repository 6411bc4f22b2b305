using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

/// <summary>What is written on an instance so that its guest changes while it runs.</summary>
public sealed class LiveChangesTests
{
    private static readonly KubeVirtConfiguration Configuration = new();

    [Fact]
    public void Sockets_and_memory_are_written_with_the_generation_on_the_instance_that_was_seen()
    {
        var started = With("""{ "sockets": 2 }""", """{ "guest": "512Mi" }""");

        var patch = Patch(started, With("""{ "sockets": 3 }""", """{ "guest": "1Gi" }"""));

        patch!
            .Select(operation => operation!.ToJsonString())
            .ShouldBe([
                $$"""{"op":"test","path":"/metadata/uid","value":"{{Samples.InstanceUid}}"}""",
                """{"op":"test","path":"/metadata/resourceVersion","value":"7"}""",
                """{"op":"add","path":"/spec/domain/cpu/sockets","value":3}""",
                """{"op":"add","path":"/spec/domain/memory/guest","value":"1Gi"}""",
                """{"op":"test","path":"/metadata/annotations/kubevirt.io~1vm-generation","value":"2"}""",
                """{"op":"add","path":"/metadata/annotations/kubevirt.io~1vm-generation","value":"3"}""",
            ]);
    }

    [Fact]
    public void A_field_that_waits_for_a_restart_keeps_the_generation_back_and_nothing_else()
    {
        var started = With("""{ "sockets": 2 }""", """{ "guest": "512Mi" }""");

        var patch = Patch(started, With("""{ "sockets": 3, "model": "Haswell" }""", """{ "guest": "512Mi" }"""));

        Paths(patch).ShouldBe(["/metadata/uid", "/metadata/resourceVersion", "/spec/domain/cpu/sockets"]);
    }

    [Fact]
    public void What_is_told_of_a_change_that_is_done_makes_room_for_what_is_told_of_the_next()
    {
        var started = With("""{ "sockets": 2 }""", """{ "guest": "512Mi" }""");
        var instance = LiveUpdates
            .Running(started)
            .Told(sockets: 3, memory: "1Gi")
            .Has(sockets: 3, requested: "1Gi", current: "1Gi")
            .With(Hotplug.MemoryChange, "True", Hotplug.LiveMigrate)
            .With("Ready", "True", null)
            .With(Hotplug.VcpuChange, "True", Hotplug.InPlace)
            .Moved(Samples.Now);

        Removed(With("""{ "sockets": 4 }""", """{ "guest": "2Gi" }""")).ShouldBe(["2", "0"]);
        Removed(With("""{ "sockets": 3 }""", """{ "guest": "2Gi" }""")).ShouldBe(["0"]);

        IEnumerable<string> Removed(VirtualMachineInstanceSpec wanted) => RemovedConditions(started, wanted, instance);
    }

    [Fact]
    public void What_is_told_of_a_guest_that_does_not_take_a_change_makes_room_for_the_next()
    {
        var started = With("""{ "sockets": 2 }""", """{ "guest": "512Mi" }""");
        var instance = LiveUpdates
            .Running(started)
            .Told(sockets: 3)
            .With("Ready", "True", null)
            .With(Hotplug.VcpuChange, "True", Hotplug.GuestDoesNotTake);

        RemovedConditions(started, With("""{ "sockets": 4 }""", """{ "guest": "512Mi" }"""), instance).ShouldBe(["1"]);
    }

    [Fact]
    public void What_must_wait_is_not_written()
    {
        var started = With("""{ "sockets": 2 }""", """{ "guest": "512Mi" }""");
        var wanted = With("""{ "sockets": 3 }""", """{ "guest": "512Mi" }""");

        Patch(started, wanted, LiveUpdates.Running(started).Moving()).ShouldBeNull();
    }

    /// <summary>Requests and limits; what they are when two sockets become four and 512Mi become 1Gi.</summary>
    public static TheoryData<string, string> Claims =>
        new()
        {
            { """{ "requests": { "cpu": "1" } }""", "requests/cpu 1200m" },
            { """{ "requests": { "cpu": "1" }, "limits": { "cpu": "2" } }""", "requests/cpu 1200m, limits/cpu 2200m" },
            { """{ "requests": { "memory": "512Mi" } }""", "requests/memory 1Gi" },
            { """{ "requests": { "memory": "1Gi" } }""", "requests/memory 1536Mi" },
            { """{ "requests": { "memory": "256Mi" } }""", "requests/memory 1Gi" },
            {
                """{ "requests": { "memory": "512Mi" }, "limits": { "memory": "1Gi" } }""",
                "requests/memory 1Gi, limits/memory 1536Mi"
            },
        };

    [Theory]
    [MemberData(nameof(Claims))]
    public void A_guest_that_grows_claims_more_of_its_host(string resources, string grown)
    {
        var started = With("""{ "sockets": 2 }""", """{ "guest": "512Mi" }""", resources);
        var wanted = With("""{ "sockets": 4 }""", """{ "guest": "1Gi" }""", resources);

        var written = Patch(started, wanted)!
            .Where(one => ((string)one!["path"]!).StartsWith("/spec/domain/resources/", StringComparison.Ordinal))
            .Select(one => $"{((string)one!["path"]!)["/spec/domain/resources/".Length..]} {one["value"]}");

        string.Join(", ", written).ShouldBe(grown);
    }

    [Fact]
    public void A_claim_in_proportion_stays_in_proportion()
    {
        var started = With("{}", """{ "guest": "512Mi" }""", """{ "requests": { "memory": "256Mi" } }""");
        var wanted = With("{}", """{ "guest": "1Gi" }""", """{ "requests": { "memory": "512Mi" } }""");

        var patch = Patch(started, wanted)!;

        (
            (string)patch.Single(one => (string)one!["path"]! == "/spec/domain/resources/requests/memory")!["value"]!
        ).ShouldBe("512Mi");
        Paths(patch).ShouldContain("/metadata/annotations/kubevirt.io~1vm-generation");
    }

    [Fact]
    public void An_instance_whose_guest_did_not_get_what_it_was_told_is_not_up_to_date()
    {
        var instance = LiveUpdates.Running(With("{}", """{ "guest": "512Mi" }"""));
        instance = instance with
        {
            Metadata = instance.Metadata with
            {
                Annotations = new Dictionary<string, string> { [KubeVirtNames.GenerationAnnotation] = "3" },
            },
        };

        LiveChanges.IsUpToDate(Samples.Machine(), instance).ShouldBeTrue();
        LiveChanges
            .IsUpToDate(Samples.Machine(), instance.With(Hotplug.MemoryChange, "True", Hotplug.InPlace))
            .ShouldBeTrue();
        LiveChanges
            .IsUpToDate(Samples.Machine(), instance.With(Hotplug.MemoryChange, "False", Hotplug.MemoryFailed))
            .ShouldBeFalse();
    }

    private static JsonArray? Patch(
        VirtualMachineInstanceSpec started,
        VirtualMachineInstanceSpec wanted,
        VirtualMachineInstance? instance = null
    )
    {
        var (machine, from) = (LiveUpdates.Of(wanted), LiveUpdates.Of(started).Spec);
        instance ??= LiveUpdates.Running(started);
        var plan = LiveUpdate.Plan(machine, instance, from, Configuration);
        return LiveChanges.Of(machine, instance, from, plan, Configuration);
    }

    private static IEnumerable<string> Paths(JsonArray? patch) =>
        patch!.Select(operation => (string)operation!["path"]!).Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> RemovedConditions(
        VirtualMachineInstanceSpec started,
        VirtualMachineInstanceSpec wanted,
        VirtualMachineInstance instance
    ) =>
        Patch(started, wanted, instance)!
            .Where(one => (string)one!["op"]! == "remove")
            .Select(one => ((string)one!["path"]!)["/status/conditions/".Length..]);

    private static VirtualMachineInstanceSpec With(string cpu, string memory, string resources = "null") =>
        Samples.InstanceSpec(("domain.cpu", cpu), ("domain.memory", memory), ("domain.resources", resources));
}
