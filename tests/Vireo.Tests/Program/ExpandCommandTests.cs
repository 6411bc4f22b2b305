using System.Net;
using System.Text.Json.Nodes;
using Vireo.Tests.ApiServer;

namespace Vireo.Tests.Program;

/// <summary>`vireo expand`: a machine of the cluster or of a file, written out.</summary>
public sealed class ExpandCommandTests : IAsyncLifetime
{
    private const string Manifest = """
        apiVersion: kubevirt.io/v1
        kind: VirtualMachine
        metadata:
          name: web
        spec:
          runStrategy: Halted
          instancetype:
            name: small
          template:
            spec:
              domain:
                devices: {}
        """;

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        var made = await _server.PostAsync(
            "/apis/instancetype.kubevirt.io/v1beta1/virtualmachineclusterinstancetypes",
            """{"metadata":{"name":"small"},"spec":{"cpu":{"guest":2},"memory":{"guest":"1Gi"} } }"""
        );
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_manifest_is_written_out_without_being_stored()
    {
        var expanded = await _server.RunAsync($"expand -f {await FileAsync(Manifest)} -o json");

        expanded.ExitCode.ShouldBe(0, expanded.Error);
        var spec = JsonNode.Parse(expanded.Output)!["spec"]!;
        spec["instancetype"].ShouldBeNull();
        ((string?)spec["template"]!["spec"]!["domain"]!["memory"]!["guest"]).ShouldBe("1Gi");
        (await _server.GetAsync(RunningServer.Vms + "/web")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_machine_of_the_cluster_is_written_out_as_yaml()
    {
        var file = await FileAsync(Manifest);
        var made = await _server.SendAsync("POST", RunningServer.Vms, Manifest, "application/yaml");
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);

        var stored = await _server.RunAsync("expand --vm web");

        stored.ExitCode.ShouldBe(0, stored.Error);
        stored.Output.ShouldContain("guest: 1Gi\n");
        (await _server.RunAsync($"expand --vm web -f {file}")).ExitCode.ShouldBe(2);
    }

    [Theory]
    [InlineData("name: small", "name: none", "virtualmachineclusterinstancetypes.instancetype.kubevirt.io \"none\"")]
    [InlineData("name: web", "name: web\n---\na: b", "must hold one manifest")]
    public async Task A_manifest_that_cannot_be_written_out_says_why(string part, string other, string says)
    {
        var path = await FileAsync(Manifest.Replace(part, other, StringComparison.Ordinal));

        var refused = await _server.RunAsync($"expand -f {path}");

        refused.ExitCode.ShouldNotBe(0);
        refused.Error.ShouldContain(says);
    }

    private async Task<string> FileAsync(string manifest)
    {
        var path = Path.Combine(_server.Folder, "vm.yaml");
        await File.WriteAllTextAsync(path, manifest);
        return path;
    }
}
