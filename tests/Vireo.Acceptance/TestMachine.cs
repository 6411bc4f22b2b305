using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Vireo.Acceptance;

/// <summary>What was seen of a VM at one moment.</summary>
internal sealed record Sight(JsonNode? Vm, JsonNode? Vmi)
{
    public string? Status => (string?)Vm?["status"]?["printableStatus"];

    public string? Phase => (string?)Vmi?["status"]?["phase"];

    public string? Uid => (string?)Vmi?["metadata"]?["uid"];

    /// <summary>A condition of the VM, or of its instance, whatever its status.</summary>
    public JsonNode? OfVm(string type) => Condition(Vm, type);

    public JsonNode? OfVmi(string type) => Condition(Vmi, type);

    /// <summary>What is recorded as its machine type.</summary>
    public string? Recorded => (string?)Vm?["status"]?["machineType"]?["resolved"];

    /// <summary>The machine type that its next boot brings, while it runs with another.</summary>
    public string? Pending => (string?)Vm?["status"]?["machineType"]?["pending"]?["type"];

    /// <summary>Where its machine type was read.</summary>
    public string? Source => (string?)Vm?["status"]?["machineType"]?["source"];

    public override string ToString() =>
        $"VM {Vm?["spec"]?["runStrategy"]?.ToJsonString()} {Vm?["status"]?.ToJsonString() ?? "is not there"}\n"
        + $"VMI {Uid} {Vmi?["status"]?.ToJsonString() ?? "is not there"}";

    private static JsonNode? Condition(JsonNode? resource, string type) =>
        resource?["status"]?["conditions"]?.AsArray().FirstOrDefault(condition => (string?)condition!["type"] == type);
}

/// <summary>One VM of a test: named for the test, gone after it.</summary>
internal abstract class TestMachine(VireoHost host, string name) : IAsyncDisposable
{
    /// <summary>A short name for one test's VM.</summary>
    public string Name { get; } = name;

    public string VmPath => $"{Api.Kubevirt}/virtualmachines/{Name}";

    public string VmiPath => $"{Api.Kubevirt}/virtualmachineinstances/{Name}";

    protected VireoHost Host { get; } = host;

    public Task<JsonNode?> VmAsync() => Host.Api.FindAsync(VmPath);

    public Task<JsonNode?> VmiAsync() => Host.Api.FindAsync(VmiPath);

    public async Task<Sight> LookAsync() => new(await VmAsync(), await VmiAsync());

    /// <summary>Waits until what is seen of the VM is so.</summary>
    public Task<Sight> SeenAsync(Predicate<Sight> holds, string what, int timeoutSeconds = 60) =>
        Eventually.Sees(LookAsync, holds, $"{Name}: {what}", timeoutSeconds);

    public Task<Sight> IsAsync(string printableStatus) =>
        SeenAsync(sight => sight.Status == printableStatus, printableStatus);

    public async Task<JsonNode> InPhaseAsync(string phase) =>
        (await SeenAsync(sight => sight.Phase == phase, $"its instance is {phase}")).Vmi!;

    public Task GoneAsync() => SeenAsync(sight => sight.Vmi is null, "it has no instance");

    /// <summary>An action of the VM: start, stop, restart.</summary>
    public Task<ApiAnswer> ActAsync(string action, string? body = null) =>
        Host.Api.PutAsync($"{Api.Subresources}/virtualmachines/{Name}/{action}", body);

    /// <summary>An action of its instance: pause, reset and the like.</summary>
    public Task<ApiAnswer> ActOnInstanceAsync(string action, string? body = null) =>
        Host.Api.PutAsync(StreamPath(action), body);

    public string StreamPath(string action) => $"{Api.Subresources}/virtualmachineinstances/{Name}/{action}";

    public Task<GuestStream> ConsoleAsync() => OpenAsync("console");

    public Task<GuestStream> OpenAsync(string stream) => Host.Api.OpenStreamAsync(StreamPath(stream));

    /// <summary>Types on the guest's serial console.</summary>
    public async Task TypeAsync(string text)
    {
        await using var console = await ConsoleAsync();
        await console.SendAsync(text);
    }

    public async Task PatchAsync(string patch) => (await Host.Api.PatchAsync(VmPath, patch)).ShouldBe(200);

    /// <summary>The process of its QEMU: another number is another power-on.</summary>
    public async Task<int> ProcessAsync()
    {
        var file = Path.Combine(Host.StateFolder, "libvirt", "run", "qemu", $"default_{Name}.pid");
        return int.Parse(await File.ReadAllTextAsync(file), CultureInfo.InvariantCulture);
    }

    /// <summary>The machine type that libvirt runs it with.</summary>
    public async Task<string> RunningTypeAsync() =>
        XElement
            .Parse(await Host.VirshAsync("dumpxml", $"default_{Name}"))
            .Element("os")!
            .Element("type")!
            .Attribute("machine")!
            .Value;

    /// <summary>Powers it off, and waits until it is off.</summary>
    public async Task<Sight> StopAsync()
    {
        (await ActAsync("stop", """{"gracePeriod":0}""")).ShouldBe(202);
        return await SeenAsync(sight => sight is { Status: "Stopped", Vmi: null }, "it is off");
    }

    /// <summary>What the guest of this run wrote on its serial console.</summary>
    public async Task<string> ConsoleLogAsync() => (await LookAsync()).Uid is { } uid ? Host.ConsoleLog(uid) : "";

    public async ValueTask DisposeAsync()
    {
        await ActAsync("stop", """{"gracePeriod":0}""");
        await Host.Api.SendAsync(HttpMethod.Delete, VmPath);
        await SeenAsync(sight => sight is { Vm: null, Vmi: null }, "it is gone");
    }
}
