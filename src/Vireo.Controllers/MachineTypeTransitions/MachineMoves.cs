using System.Net.Http.Headers;
using System.Text;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>What a step came to.</summary>
/// <param name="Sight">The machine after it; null when it was to be decided again, or is gone.</param>
/// <param name="Refusal">Why the server refused for good; null when it did not.</param>
internal sealed record MoveResult(MachineSight? Sight, string? Refusal = null);

/// <summary>Carries out the steps of a transition, each on one virtual machine.</summary>
/// <remarks>It needs nothing but kubevirt.io/v1: one patch a step, and the restart and stop subresources.</remarks>
/// <param name="client">The server.</param>
/// <param name="events">Told on each machine; null where nobody listens.</param>
/// <param name="time">Dates the marks.</param>
internal sealed class MachineMoves(KubernetesClient client, EventRecorder? events, TimeProvider time)
{
    /// <summary>Makes one step.</summary>
    public async Task<MoveResult> StepAsync(TransitionScope scope, MachineSight sight, MoveStep step, CancellationToken ct)
    {
        try
        {
            return step switch
            {
                MoveStep.Change => await ChangeAsync(scope, sight, ct),
                MoveStep.Label => await LabelAsync(sight, ct),
                MoveStep.Restart => await RestartAsync(sight, ct),
                MoveStep.Stop => await StopAsync(sight, ct),
                MoveStep.Start => await StartAsync(sight, ct),
                _ => new(sight),
            };
        }
        catch (ApiException e) when (e.Reason is Reason.Conflict or Reason.NotFound || e.IsTransient)
        {
            // Somebody else was at it, or the server cannot just now: look at it again, and decide anew.
            return new(null);
        }
        catch (ApiException e)
        {
            return new(null, e.Message);
        }
    }

    private async Task<MoveResult> ChangeAsync(TransitionScope scope, MachineSight sight, CancellationToken ct)
    {
        if (TransitionVerdicts.Wanted(scope, sight) is not { } change)
        {
            return new(null);
        }

        var needsRestart = sight.Alive is not null && sight.Running != change.To;
        var mark = new TransitionMark
        {
            Uid = scope.Uid,
            Name = scope.Name,
            Template = sight.Template,
            From = change.From,
            To = change.To,
            At = time.GetUtcNow(),
            Instance = sight.Alive?.Metadata.Uid,
        };
        var changed = await PatchAsync(sight, MovePatch.Change(sight.Machine, mark, needsRestart), ct);
        await TellAsync(
            changed,
            "MachineTypeChanged",
            $"Transition {scope.Name} changed the machine type from {change.From ?? "none"} to {change.To}"
                + (needsRestart ? ": it takes effect at the next restart" : ""),
            ct
        );
        return new(changed);
    }

    private async Task<MoveResult> LabelAsync(MachineSight sight, CancellationToken ct) =>
        TransitionMark.Of(sight.Machine) is { } mark
            ? new(
                await PatchAsync(
                    sight,
                    MovePatch.Mark(sight.Machine, mark with { Instance = sight.Alive?.Metadata.Uid }, isLabelled: true),
                    ct
                )
            )
            : new(null);

    private async Task<MoveResult> RestartAsync(MachineSight sight, CancellationToken ct)
    {
        if (await IsStillWantedAsync(sight, ct))
        {
            await PutAsync(sight, "restart", ct);
            await TellAsync(sight, "MachineTypeRestart", "Restarted, so that its machine type takes effect", ct);
        }

        return new(null);
    }

    /// <summary>Keeps the strategy to set again, then stops.</summary>
    private async Task<MoveResult> StopAsync(MachineSight sight, CancellationToken ct)
    {
        if (await IsStillWantedAsync(sight, ct) && TransitionMark.Of(sight.Machine) is { } mark)
        {
            var strategy = RunStrategies.Of(sight.Machine).ToString();
            var kept =
                mark.Resume == strategy
                    ? sight
                    : await PatchAsync(
                        sight,
                        MovePatch.Mark(sight.Machine, mark with { Resume = strategy }, isLabelled: true),
                        ct
                    );
            await PutAsync(kept, "stop", ct);
            await TellAsync(sight, "MachineTypeRestart", "Stopped, to start again with its new machine type", ct);
        }

        return new(null);
    }

    private async Task<MoveResult> StartAsync(MachineSight sight, CancellationToken ct)
    {
        if (TransitionMark.Of(sight.Machine) is { Resume: not null } mark)
        {
            await PatchAsync(sight, MovePatch.Resume(sight.Machine, mark), ct);
        }

        return new(null);
    }

    /// <summary>
    /// Asks the server itself: a copy may be older than the restart that an earlier pass, or its owner, asked for.
    /// </summary>
    private async Task<bool> IsStillWantedAsync(MachineSight sight, CancellationToken ct)
    {
        var key = ResourceKey.Of(sight.Machine);
        return await client.FindAsync<VirtualMachineInstance>(key, ct) is { } instance
            && instance.Metadata.Uid == sight.Alive?.Metadata.Uid
            && await client.FindAsync<VirtualMachine>(key, ct) is { } machine
            && new MachineSight(machine, instance) is { IsEnding: false, Alive: not null };
    }

    private async Task<MachineSight> PatchAsync(MachineSight sight, Patch patch, CancellationToken ct) =>
        sight with
        {
            Machine = await client.PatchAsync<VirtualMachine>(ResourceKey.Of(sight.Machine), patch, ct),
        };

    private async Task PutAsync(MachineSight sight, string action, CancellationToken ct)
    {
        var (space, name) = (sight.Machine.Metadata.Namespace!, sight.Machine.Metadata.Name!);
        using var request = new HttpRequestMessage(
            HttpMethod.Put,
            $"/apis/subresources.kubevirt.io/v1/namespaces/{Uri.EscapeDataString(space)}/virtualmachines/"
                + $"{Uri.EscapeDataString(name)}/{action}"
        );
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes("{}"));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await client.SendAsync(request, ct);
    }

    private Task TellAsync(MachineSight sight, string reason, string message, CancellationToken ct) =>
        events?.RecordAsync(sight.Machine, "Normal", reason, message, ct) ?? Task.CompletedTask;
}
