using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Runtime;
using Vireo.Tests.ApiServer;
using Vireo.Tests.ApiServer.Security;

namespace Vireo.Tests.Agent.Joining;

/// <summary>A whole agent with nothing but the certificate that it got when its host joined.</summary>
public sealed class JoinedAgentTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private readonly string _state = Directory.CreateTempSubdirectory("vireo-").FullName;
    private RunningServer _server = null!;
    private KubernetesClient _own = null!;
    private Task _agent = Task.CompletedTask;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        _own = new(_server.Own);
        var identity = await _server.JoinAsync(await _server.TokenAsync(), "host2", _state);
        var options = new AgentOptions
        {
            StateFolder = _state,
            NodeName = identity.Host,
            Identity = identity,
            Listen = new(IPAddress.Loopback, FreePort()),
            Simulated = true,
        };
        _agent = AgentHost.RunAsync(
            options,
            identity.Connect(),
            NullLoggerFactory.Instance,
            TimeProvider.System,
            _stop.Token
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(_agent);
        await _server.DisposeAsync();
        _stop.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    [Fact]
    public async Task It_registers_its_host_runs_a_guest_acts_on_it_and_lets_it_go()
    {
        var host = await SeesAsync<Host>(new(null, "host2"), seen => seen?.Status?.MachineTypes is not null);
        host!.Status!.Endpoint.ShouldNotBeNull().ShouldStartWith("https://127.0.0.1:");
        host.Status.Address.ShouldBe("127.0.0.1");
        (await SeesAsync<Node>(new(null, "host2"), seen => seen?.Status is not null)).ShouldNotBeNull();
        (await SeesAsync<Lease>(new("kube-node-lease", "host2"), seen => seen is not null)).ShouldNotBeNull();

        var key = await BindAsync("tiny");
        await SeesAsync<VirtualMachineInstance>(
            key,
            seen => seen?.Status?.Phase == VirtualMachineInstancePhase.Running
        );
        (await ActAsync("tiny", "pause")).Code.ShouldBe(HttpStatusCode.OK);
        await SeesAsync<VirtualMachineInstance>(
            key,
            seen => seen?.Status?.Conditions?.Any(condition => condition is { Type: "Paused", Status: "True" }) == true
        );
        (await EventsAsync()).ShouldContain("Started");

        await _own.DeleteAsync<VirtualMachineInstance>(key, null, Ct);
        await SeesAsync<VirtualMachineInstance>(key, seen => seen is null);
    }

    [Fact]
    public async Task Where_another_host_answers_the_server_does_not_act()
    {
        await SeesAsync<Host>(new(null, "host2"), seen => seen?.Status?.Endpoint is not null);
        var endpoint = (await _server.HostAsync("host2"))!.Status!.Endpoint;
        await _server.JoinAsync("host3");
        await _own.ChangeStatusAsync<Host>(
            new(null, "host3"),
            seen => seen with { Status = new() { Endpoint = endpoint } },
            Ct
        );
        await BindAsync("other", "host3", VirtualMachineInstancePhase.Running);
        var reply = await ActAsync("other", "pause");
        reply.Code.ShouldBe(HttpStatusCode.ServiceUnavailable);
        reply.Message.ShouldStartWith(
            "What answers where the agent of host \"host3\" should be does not show that host's certificate"
        );
    }

    private Task<Reply> ActAsync(string name, string action) =>
        _server.PutAsync(
            $"/apis/subresources.kubevirt.io/v1/namespaces/default/virtualmachineinstances/{name}/{action}",
            "{}"
        );

    private async Task<IEnumerable<string?>> EventsAsync() =>
        (await _own.ListAsync<Event>(new(), Ct)).Items.Select(told => told.Reason);

    private async Task<ResourceKey> BindAsync(
        string name,
        string host = "host2",
        VirtualMachineInstancePhase phase = VirtualMachineInstancePhase.Scheduled
    )
    {
        await _server.PostAsync(RunningServer.Vmis, RunningServer.Vmi(name));
        var key = new ResourceKey("default", name);
        await _own.ChangeStatusAsync<VirtualMachineInstance>(
            key,
            seen => seen with { Status = seen.Status! with { NodeName = host, Phase = phase } },
            Ct
        );
        return key;
    }

    private async Task<T?> SeesAsync<T>(ResourceKey key, Predicate<T?> holds)
        where T : class, IResource
    {
        T? seen = null;
        await Eventually.HoldsAsync(() =>
        {
            seen = _own.FindAsync<T>(key, Ct).Result;
            return holds(seen) || _agent.IsFaulted;
        });
        return seen;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
