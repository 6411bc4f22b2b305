using System.Collections.Concurrent;
using Vireo.Api;
using Vireo.Commands;
using Vireo.Controllers.MachineTypeTransitions;
using Vireo.Runtime;
using Vireo.Tests.Faults;

namespace Vireo.Tests.Controllers.MachineTypeTransitions;

/// <summary>What the account of a Job may do, beside what a run asks for.</summary>
public sealed class TransitionRunAccountTests(TransitionRoom room) : IClassFixture<TransitionRoom>
{
    private readonly ConcurrentDictionary<string, bool> _asked = new(StringComparer.Ordinal);

    [Fact]
    public async Task The_role_of_a_job_allows_what_a_run_asks_for_and_nothing_else()
    {
        await room.DowngradeAsync();
        var space = await room.MakeNamespaceAsync();
        await room.MakeAsync(space, "off", TransitionRoom.Old, runs: false);
        await room.MakeAsync(space, "on", TransitionRoom.Old, runs: true);
        await room.MakeAsync(space, "once", TransitionRoom.Old, runs: true, RunStrategy.Once);
        await room.UpgradeAsync();
        var spec = new MachineTypeTransitionSpec
        {
            Namespaces = [space],
            Steps = [new() { Below = "pc-q35-rhel9.0.0", Target = TransitionRoom.New }],
        };

        // On a cluster that has no hosts of Vireo's, over all namespaces, with restarts, and back.
        await RunAsync(spec with { DryRun = true }, hasHosts: false);
        await RunAsync(spec with { Namespaces = null, DryRun = true });
        await RunAsync(spec with { Restart = "Now" });
        await RunAsync(spec with { Steps = null, RollbackOf = "account" });

        var allowed = Allowed().ToList();
        _asked.Keys.Except(allowed, StringComparer.Ordinal).ShouldBeEmpty();
        // An event is only counted when it repeats.
        allowed.Except(_asked.Keys, StringComparer.Ordinal).ShouldBe(["patch events"]);
    }

    private async Task RunAsync(MachineTypeTransitionSpec spec, bool hasHosts = true)
    {
        using var wire = new Wire(() => room.Plane.UserConnection)
        {
            Before = request =>
            {
                _asked[NameOf(request)] = true;
                return hasHosts || !request.RequestUri!.AbsolutePath.EndsWith("/hosts", StringComparison.Ordinal)
                    ? Task.CompletedTask
                    : throw new ApiException(Reason.NotFound, "There is no such kind.");
            },
        };
        using var http = new HttpClient(wire) { BaseAddress = room.Plane.UserConnection.BaseAddress };
        var options = new TransitionRunOptions { Spec = spec, Name = "account" };
        var run = new TransitionRun(new KubernetesClient(http), TimeProvider.System);
        (await run.RunAsync(options, new Progress<TransitionRunProgress>(), TransitionRoom.Ct)).Counts.Failed.ShouldBe(
            0
        );
    }

    /// <summary>A request as roles name it: patch virtualmachines.kubevirt.io.</summary>
    private static string NameOf(HttpRequestMessage request)
    {
        var path = request.RequestUri!.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var group = path[0] == "api" ? "" : $".{path[1]}";
        var rest = path[(path[0] == "api" ? 2 : 3)..];
        rest = rest is ["namespaces", _, ..] and not ["namespaces", _] ? rest[2..] : rest;
        var verb = request.Method.Method switch
        {
            "GET" => rest.Length == 1 ? "list" : "get",
            "POST" => "create",
            "PUT" => "update",
            var other => other.ToLowerInvariant(),
        };
        return $"{verb} {rest[0]}{(rest.Length == 3 ? $"/{rest[2]}" : "")}{group}";
    }

    private static IEnumerable<string> Allowed() =>
        from rule in TransitionJob
            .Documents("job", "vireo:v1", [])
            .Single(document => document["kind"]!.ToString() == "ClusterRole")["rules"]!.AsArray()
        let @group = rule!["apiGroups"]!.AsArray().Single()!.ToString()
        from resource in rule["resources"]!.AsArray()
        from verb in rule["verbs"]!.AsArray()
        select $"{verb} {resource}{(@group.Length == 0 ? "" : $".{@group}")}";
}
