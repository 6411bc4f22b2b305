using System.Net;
using Vireo.Api;
using Vireo.Tests.Controllers;
using Phase = Vireo.Api.VirtualMachineInstancePhase;

namespace Vireo.Tests.Faults;

/// <summary>Somebody who starts and stops instances of one configuration at random.</summary>
internal sealed class ConfigUser(FaultRoom room, string name, Random random)
{
    private readonly List<string> _story = [];
    private readonly HashSet<string> _running = new(StringComparer.Ordinal);

    public string Story => $"{name}: {string.Join(", ", _story)}";

    public static async Task<ConfigUser> CreateAsync(FaultRoom room, string name, Random random)
    {
        await room.User.CreateAsync(
            new VirtualMachineInstanceConfig
            {
                Metadata = new() { Name = name, Namespace = FaultRoom.Space },
                Spec = new() { Template = new() { Spec = Objects.InstanceSpec() } },
            },
            CancellationToken.None
        );
        return new(room, name, random);
    }

    public async Task MoveAsync()
    {
        var (action, which) = (random.Next(2) == 0 ? "start" : "stop", $"{name}-{random.Next(2)}");
        var body = $$"""{"name":"{{which}}"}""";
        var answer = await room.ActAsync("virtualmachineinstanceconfigs", name, action, body);
        _story.Add($"{action} {which} {(int)answer}");
        answer.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.NotFound);
        if (answer is HttpStatusCode.OK)
        {
            _ = action == "start" ? _running.Add(which) : _running.Remove(which);
        }
    }

    /// <summary>What is not as it should be; null when all is.</summary>
    public async Task<string?> FaultAsync()
    {
        var ct = CancellationToken.None;
        var config = await room.User.FindAsync<VirtualMachineInstanceConfig>(new(FaultRoom.Space, name), ct);
        var told = (config!.Status?.Instances ?? []).Where(one => one.Phase is Phase.Running).Select(one => one.Name);
        var all = await room.User.ListAsync<VirtualMachineInstance>(new(FaultRoom.Space), ct);
        var present = all
            .Items.Where(one => one.Metadata.Name!.StartsWith(name, StringComparison.Ordinal))
            .Select(one => one.Metadata.Name!)
            .ToList();
        return !_running.SetEquals(present) ? $"{name}: {string.Join(' ', present)} are there"
            : !_running.SetEquals(told) ? $"{name}: {string.Join(' ', told)} are told to run"
            : null;
    }
}
