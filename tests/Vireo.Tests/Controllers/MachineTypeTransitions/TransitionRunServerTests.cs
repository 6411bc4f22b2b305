using Vireo.Api;
using Vireo.Controllers.MachineTypeTransitions;
using Vireo.Runtime;
using Vireo.Tests.ApiServer;
using Vireo.Tests.Faults;

namespace Vireo.Tests.Controllers.MachineTypeTransitions;

/// <summary>A run against servers that are not all as Vireo's own.</summary>
public sealed class TransitionRunServerTests : IAsyncLifetime
{
    private const string NodeLabel = "machine-type.node.kubevirt.io/";

    private readonly Sink _sink = new();
    private RunningServer _server = null!;
    private KubernetesClient _user = null!;
    private KubernetesClient _own = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        (_user, _own) = (new(_server.Client), new(_server.Own));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_list_whose_token_expires_in_the_middle_is_begun_anew_and_each_machine_is_told_once()
    {
        // More than a page; in namespaces that a server may list in this order or in the other.
        await AddNodeAsync("node", (TransitionRoom.Old, "true"), (TransitionRoom.New, "true"));
        await MakeAsync("shop", 400);
        await MakeAsync("shop-b", 400);
        var pages = new List<bool>();
        using var wire = new Wire(() => _server.Client)
        {
            Before = request =>
            {
                var uri = request.RequestUri!;
                if (request.Method != HttpMethod.Get || !uri.AbsolutePath.EndsWith("/virtualmachines"))
                {
                    return Task.CompletedTask;
                }

                var isNext = uri.Query.Contains("continue=", StringComparison.Ordinal);
                pages.Add(isNext);
                return isNext && pages.Count == 2
                    ? throw new ApiException(Reason.Expired, "The provided continue parameter is too old.")
                    : Task.CompletedTask;
            },
        };
        using var http = new HttpClient(wire) { BaseAddress = _server.Client.BaseAddress };

        var result = await RunAsync(new KubernetesClient(http), Spec(TransitionRoom.New));

        result.Phase.ShouldBe("Completed", result.Message);
        pages.ShouldBe([false, true, false, true]);
        (result.Counts.Selected, result.Counts.Updated).ShouldBe((800, 800));
        _sink.Names.Distinct().Count().ShouldBe(800);
        var machines = (await _user.ListAsync<VirtualMachine>(new(), Ct)).Items;
        machines.ShouldAllBe(machine => machine.Metadata.Generation == 2);
    }

    [Fact]
    public async Task Where_there_are_no_hosts_of_Vireo_the_labels_of_nodes_tell_what_they_offer()
    {
        await AddNodeAsync(
            "new",
            ("q35", "true"),
            ("pc-q35-rhel8.2.0", "deprecated"),
            ("pc-q35-rhel9.4.0", "true"),
            ("pc-q35-rhel9.6.0", "true")
        );
        await AddNodeAsync("old", ("pc-q35-rhel8.2.0", "true"), ("pc-q35-rhel9.4.0", "true"));
        await AddNodeAsync("no-hypervisor");
        await MakeAsync("shop", 1);

        // The newest that every node with guests offers; what one of them lacks is taken when it is asked for.
        (await RunAsync(_user, new() { DryRun = true })).Counts.Updated.ShouldBe(1);
        _sink.Outcomes[^1].To.ShouldBe("pc-q35-rhel9.4.0");
        (await RunAsync(_user, Spec("pc-q35-rhel9.6.0") with { DryRun = true })).Counts.Updated.ShouldBe(1);
        var refused = await RunAsync(_user, Spec("pc-q35-rhel9.8.0"));

        refused.Phase.ShouldBe("Failed");
        refused.Message.ShouldContain("no host offers pc-q35-rhel9.8.0; nearest: pc-q35-rhel9.6.0");
    }

    [Fact]
    public async Task Where_nobody_tells_what_hosts_offer_the_targets_of_the_table_hold()
    {
        await MakeAsync("shop", 1);

        var result = await RunAsync(_user, new());

        result.Phase.ShouldBe("Completed", result.Message);
        (_sink.Outcomes[^1].From, _sink.Outcomes[^1].To).ShouldBe((TransitionRoom.Old, "pc-q35-rhel9.6.0"));
    }

    private static MachineTypeTransitionSpec Spec(string target) =>
        new() { Steps = [new() { Below = "pc-q35-rhel9.0.0", Target = target }] };

    private Task<TransitionRunResult> RunAsync(KubernetesClient client, MachineTypeTransitionSpec spec) =>
        new TransitionRun(client, TimeProvider.System).RunAsync(new() { Spec = spec }, _sink, Ct);

    private async Task AddNodeAsync(string name, params (string Type, string Value)[] types)
    {
        var labels = types.ToDictionary(type => NodeLabel + type.Type, type => type.Value);
        labels["kubernetes.io/arch"] = "amd64";
        await _own.CreateAsync(
            new Node
            {
                Metadata = new() { Name = name, Labels = labels },
            },
            Ct
        );
        await _own.ChangeStatusAsync<Node>(
            new(null, name),
            found => found with { Status = new() { Conditions = [new() { Type = "Ready", Status = "True" }] } },
            Ct
        );
    }

    private async Task MakeAsync(string space, int count)
    {
        await _user.CreateAsync(new Namespace { Metadata = new() { Name = space } }, Ct);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            Ct,
            async (i, stop) =>
                await _user.CreateAsync(
                    VirtualMachines.MachineTypeRoom.WithType(
                        Objects.Machine($"vm{i:000}", space, RunStrategy.Halted),
                        TransitionRoom.Old
                    ),
                    stop
                )
        );
    }

    private sealed class Sink : IProgress<TransitionRunProgress>
    {
        public List<MachineTypeOutcome> Outcomes { get; } = [];

        public IEnumerable<string> Names => Outcomes.Select(outcome => $"{outcome.Namespace}/{outcome.Name}");

        public void Report(TransitionRunProgress value)
        {
            if (value.Latest is { } latest)
            {
                Outcomes.Add(latest);
            }
        }
    }
}
