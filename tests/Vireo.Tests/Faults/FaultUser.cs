using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;
using Vireo.Tests.Controllers;
using Phase = Vireo.Api.VirtualMachineInstancePhase;

namespace Vireo.Tests.Faults;

/// <summary>Somebody who acts on one machine at random and keeps in mind what the answers promised.</summary>
internal sealed class FaultUser(FaultRoom room, string name, Random random)
{
    private static readonly string[] Strategies = ["Always", "RerunOnFailure", "Manual", "Halted", "Once"];

    private readonly List<string> _story = [];

    /// <summary>Whether a guest is to run in the end; null when that depends on the moment.</summary>
    private bool? _runs = false;

    private string? _replaced;

    public string Story => $"{name}: {string.Join(", ", _story)}";

    private ResourceKey Key => new(FaultRoom.Space, name);

    public static async Task<FaultUser> CreateAsync(FaultRoom room, string name, Random random)
    {
        var machine = Objects.Machine(name, FaultRoom.Space, RunStrategy.Halted);
        await room.User.CreateAsync(machine, CancellationToken.None);
        return new(room, name, random);
    }

    public Task MoveAsync() =>
        random.Next(12) switch
        {
            < 4 => ActAsync("start"),
            < 7 => ActAsync("stop"),
            < 9 => ActAsync("restart"),
            < 11 => EditAsync(Strategies[random.Next(Strategies.Length)]),
            _ => EndGuestAsync(),
        };

    /// <summary>Something after which there is no doubt what is to be.</summary>
    public Task SaySomethingClearAsync() =>
        _runs is null ? EditAsync(random.Next(2) == 0 ? "Always" : "Halted") : Task.CompletedTask;

    /// <summary>What is not as it should be; null when all is.</summary>
    public async Task<string?> FaultAsync()
    {
        var machine = await room.GetMachineAsync(name);
        var instance = await room.FindInstanceAsync(name);
        var domain = (await room.Host.ListAsync(CancellationToken.None)).SingleOrDefault(one => one.Key == Key);
        var isActive = instance is not null && !VirtualMachineInstancePhases.IsFinal(instance.Status?.Phase);
        var status = machine.Status!;
        return
            instance switch
            {
                _ when _runs != isActive => $"runs: {isActive}, and is to: {_runs}",
                { Metadata.DeletionTimestamp: not null } => "is going",
                { Status.Phase: not Phase.Running } when isActive => "does not run yet",
                _ when isActive && domain?.Uid != instance!.Metadata.Uid => "has another guest",
                _ when !isActive && domain is not null => "has a guest too many",
                _ when isActive && instance!.Metadata.Uid == _replaced => "was not restarted",
                _ when !isActive && instance?.Metadata.Finalizers is { Count: > 0 } => "is held",
                _ when status.Created != instance is not null => "status.created is wrong",
                _ when status.StateChangeRequests is { } left && !WaitsForStrategy(left) => "requests are left",
                _ when status.RunStrategyBeforeStop is not null
                        && RunStrategies.Of(machine) is not RunStrategy.Halted => "remembers a strategy for nothing",
                _ => await RevisionFaultAsync(machine, instance),
            }
                is { } fault
            ? $"{name} {fault}\n{JsonSerializer.Serialize(machine, ApiJson.Default.VirtualMachine)}\n"
                + (instance is null ? "" : JsonSerializer.Serialize(instance, ApiJson.Default.VirtualMachineInstance))
            : null;

        bool WaitsForStrategy(IReadOnlyList<VirtualMachineStateChangeRequest> left) =>
            RunStrategies.Of(machine) is RunStrategy.Halted && left is [{ Action: "Start" }];
    }

    private async Task<string?> RevisionFaultAsync(VirtualMachine machine, VirtualMachineInstance? instance)
    {
        var all = await room.User.ListAsync<ControllerRevision>(new(FaultRoom.Space), CancellationToken.None);
        var own = all.Items.Where(one => one.Metadata.OwnerReferences![0].Uid == machine.Metadata.Uid).ToList();
        return instance is null || own is [{ } one] && one.Metadata.Name == instance.Status!.VirtualMachineRevisionName
            ? null
            : $"has {own.Count} revisions";
    }

    private async Task ActAsync(string action)
    {
        var before = await room.FindInstanceAsync(name);
        var answer = await room.ActAsync("virtualmachines", name, action);
        _story.Add($"{action} {(int)answer}");
        answer.ShouldBeOneOf(HttpStatusCode.Accepted, HttpStatusCode.Conflict);
        if (answer is HttpStatusCode.Accepted)
        {
            _runs = action != "stop";
            _replaced = action == "restart" ? before?.Metadata.Uid ?? _replaced : _replaced;
        }
    }

    private async Task EditAsync(string strategy)
    {
        var change = new JsonObject { ["spec"] = new JsonObject { ["runStrategy"] = strategy } };
        await room.User.PatchAsync<VirtualMachine>(Key, Patch.Merge(change), CancellationToken.None);
        _story.Add(strategy);
        _runs = strategy switch
        {
            "Always" => true,
            "Halted" => false,
            _ => null,
        };
    }

    private async Task EndGuestAsync()
    {
        if ((await room.Host.ListAsync(CancellationToken.None)).FirstOrDefault(one => one.Key == Key) is not { } guest)
        {
            return;
        }

        var how = random.Next(2) == 0 ? GuestState.ShutDown : GuestState.Crashed;
        room.Host.End(guest.Id, how);
        var strategy = RunStrategies.Of(await room.GetMachineAsync(name));
        _story.Add($"guest {how}");
        if (strategy is not (RunStrategy.Always or RunStrategy.Halted))
        {
            _runs = null;
        }
    }
}
