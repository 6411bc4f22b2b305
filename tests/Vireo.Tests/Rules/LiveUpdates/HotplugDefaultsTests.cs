using Vireo.Api;

namespace Vireo.Tests.Rules;

/// <summary>How far a guest can grow, decided when its instance is made.</summary>
public sealed class HotplugDefaultsTests
{
    /// <summary>What is said of processors; what the cluster says; the sockets at most.</summary>
    public static TheoryData<string, string, long?> Sockets =>
        new()
        {
            { "{}", "{}", 4 },
            { """{ "sockets": 2 }""", "{}", 8 },
            { """{ "cores": 2 }""", "{}", 4 },
            { """{ "sockets": 2, "maxSockets": 3 }""", "{}", 3 },
            { """{ "sockets": 2, "maxSockets": 3 }""", """{ "maxCpuSockets": 9 }""", 3 },
            { """{ "sockets": 2 }""", """{ "maxCpuSockets": 9 }""", 9 },
            { """{ "sockets": 2 }""", """{ "maxCpuSockets": 1 }""", 2 },
            { """{ "sockets": 2 }""", """{ "maxHotplugRatio": 1 }""", 2 },
            { """{ "sockets": 2 }""", """{ "maxHotplugRatio": 8 }""", 16 },
            { """{ "sockets": 100 }""", "{}", 255 },
            { """{ "sockets": 10, "cores": 4, "threads": 2 }""", "{}", 31 },
            { """{ "sockets": 300 }""", "{}", 300 },
        };

    /// <summary>What is said of memory; what the cluster says; the memory at most.</summary>
    public static TheoryData<string, string, string?> Memory =>
        new()
        {
            { """{ "guest": "512Mi" }""", "{}", "2Gi" },
            { """{ "guest": "2Gi", "maxGuest": "3Gi" }""", """{ "maxGuest": "8Gi" }""", "3Gi" },
            { """{ "guest": "512Mi" }""", """{ "maxGuest": "8Gi" }""", "8Gi" },
            { """{ "guest": "16Gi" }""", """{ "maxGuest": "8Gi" }""", null },
            { """{ "guest": "512Mi" }""", """{ "maxHotplugRatio": 2 }""", "1Gi" },
            { """{ "guest": "128Mi" }""", "{}", "512Mi" },
            { """{ "guest": "127Mi" }""", "{}", null },
            { """{ "guest": "64Mi", "maxGuest": "512Mi" }""", "{}", "512Mi" },
            { """{ "guest": "64Mi" }""", """{ "maxGuest": "8Gi" }""", "8Gi" },
            { """{ "guest": "64Mi" }""", """{ "maxHotplugRatio": 2 }""", "128Mi" },
            { """{ "guest": "513Mi" }""", "{}", null },
            { """{ "guest": "1G" }""", "{}", null },
            { """{ "guest": "256Gi" }""", "{}", "512Gi" },
            { """{ "guest": "1Ti" }""", "{}", "1Ti" },
        };

    [Theory]
    [MemberData(nameof(Sockets))]
    public void A_guest_is_made_for_more_sockets(string cpu, string cluster, long? most) =>
        Made(("domain.cpu", cpu), Cluster(cluster)).Domain.Cpu!.MaxSockets.ShouldBe(most);

    [Theory]
    [MemberData(nameof(Memory))]
    public void A_guest_is_made_for_more_memory(string memory, string cluster, string? most) =>
        Made(("domain.memory", memory), Cluster(cluster))
            .Domain.Memory!.MaxGuest.ShouldBe(most is null ? null : Quantity.Parse(most));

    [Theory]
    [InlineData("arm64", null, null)]
    [InlineData("s390x", 4L, null)]
    [InlineData("amd64", 4L, "512Mi")]
    public void What_the_guest_s_architecture_cannot_do_it_is_not_made_for(
        string architecture,
        long? sockets,
        string? memory
    )
    {
        var domain = Made(("architecture", $"\"{architecture}\""), Cluster("""{ "maxHotplugRatio": 4 }""")).Domain;

        domain.Cpu!.MaxSockets.ShouldBe(sockets);
        domain.Memory!.MaxGuest.ShouldBe(memory is null ? null : Quantity.Parse(memory));
    }

    [Fact]
    public void Where_changes_wait_for_a_restart_a_guest_is_made_as_it_is_asked_for()
    {
        var domain = Made(("domain.cpu", """{ "sockets": 2 }"""), LiveUpdates.Staged).Domain;

        (domain.Cpu!.MaxSockets, domain.Memory!.MaxGuest).ShouldBe((null, null));
    }

    private static VirtualMachineInstanceSpec Made(
        (string Path, string Json) change,
        KubeVirtConfiguration configuration
    )
    {
        var given = Samples.Instance(phase: null) with { Spec = Samples.InstanceSpec(change), Status = null };
        var result = Samples.Review(given, configuration: configuration, isSystem: true);
        result.Errors.ShouldBeEmpty();
        return ((VirtualMachineInstance)result.Object).Spec;
    }

    private static KubeVirtConfiguration Cluster(string maxima) =>
        new()
        {
            LiveUpdateConfiguration = System.Text.Json.JsonSerializer.Deserialize(
                maxima,
                ApiJson.Default.LiveUpdateConfiguration
            ),
        };
}
