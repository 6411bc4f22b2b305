using System.Net.Http.Headers;
using System.Text;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>What a step came to.</summary>
/// <param name="Next">The machine after it, to be looked at for its next step; null when that must wait.</param>
/// <param name="Told">What came of it, when that is known although the machine must be waited for.</param>
internal sealed record MoveResult(MachineSight? Next, MachineTypeOutcome? Told = null)
{
    /// <summary>It is to be looked at again, and decided anew.</summary>
    public static MoveResult Again { get; } = new(Next: null);
}

/// <summary>Carries out the steps of a transition, each on one virtual machine.</summary>
/// <remarks>It needs nothing but kubevirt.io/v1: one patch a step, and the restart and stop subresources.</remarks>
/// <param name="client">The server.</param>
/// <param name="news">Tells of each machine.</param>
/// <param name="time">Dates the marks.</param>
internal sealed class MachineMoves(KubernetesClient client, MachineNews news, TimeProvider time)
{
    /// <summary>The reason of an outcome where the server refused a step for good.</summary>
    public const string Refusal = "ServerRefused";

    /// <summary>Makes one step.</summary>
    public async Task<MoveResult> StepAsync(
        TransitionScope scope,
        MachineSight sight,
        MoveStep step,
        CancellationToken ct
    )
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
                _ => MoveResult.Again,
            };
        }
        catch (ApiException e) when (e.Reason is Reason.Conflict or Reason.NotFound || e.IsTransient)
        {
            // Somebody else was at it, or the server cannot just now: look at it again, and decide anew.
            return MoveResult.Again;
        }
        catch (ApiException e)
        {
            return new(null, Refused(sight, e));
        }
    }

    private async Task<MoveResult> ChangeAsync(TransitionScope scope, MachineSight sight, CancellationToken ct)
    {
        if (TransitionVerdicts.Wanted(scope, sight) is not { } change)
        {
            return MoveResult.Again;
        }

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
        var changed = await PatchAsync(sight, MovePatch.Change(sight.Machine, mark, change.NeedsLabel), ct);
        await news.TellAsync(
            changed.Machine,
            "MachineTypeChanged",
            $"Transition {scope.Name} changed the machine type from {change.From} to {change.To}"
                + (change.NeedsLabel ? ": it takes effect at the next restart" : ""),
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
            : MoveResult.Again;

    private async Task<MoveResult> RestartAsync(MachineSight sight, CancellationToken ct)
    {
        if (!await IsStillWantedAsync(sight, ct))
        {
            return MoveResult.Again;
        }

        await PutAsync(sight, "restart", ct);
        await TellRestartAsync(sight, "Restarted, so that its machine type takes effect", ct);
        return new(null, Restarting(sight));
    }

    /// <summary>Keeps the strategy to set again, then stops.</summary>
    private async Task<MoveResult> StopAsync(MachineSight sight, CancellationToken ct)
    {
        if (!await IsStillWantedAsync(sight, ct) || TransitionMark.Of(sight.Machine) is not { } mark)
        {
            return MoveResult.Again;
        }

        var strategy = RunStrategies.Of(sight.Machine).ToString();
        if (mark.Resume != strategy)
        {
            var patch = MovePatch.Mark(sight.Machine, mark with { Resume = strategy }, isLabelled: true);
            sight = await PatchAsync(sight, patch, ct);
        }

        await PutAsync(sight, "stop", ct);
        await TellRestartAsync(sight, "Stopped, to start again with its new machine type", ct);
        return new(null, Restarting(sight));
    }

    private async Task<MoveResult> StartAsync(MachineSight sight, CancellationToken ct)
    {
        if (TransitionMark.Of(sight.Machine) is not { Resume: not null } mark)
        {
            return MoveResult.Again;
        }

        await PatchAsync(sight, MovePatch.Resume(sight.Machine, mark), ct);
        return new(null, Restarting(sight));
    }

    private ValueTask TellRestartAsync(MachineSight sight, string message, CancellationToken ct) =>
        news.TellAsync(sight.Machine, "MachineTypeRestart", message, ct);

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

    private static MachineTypeOutcome? Restarting(MachineSight sight) =>
        TransitionMark.Of(sight.Machine) is { } mark
            ? TransitionVerdicts.Outcome(sight, "Restarting", mark.From, mark.To, "Stopping", "It restarts.")
            : null;

    private static MachineTypeOutcome Refused(MachineSight sight, ApiException e)
    {
        var mark = TransitionMark.Of(sight.Machine);
        return TransitionVerdicts.Outcome(sight, "Failed", mark?.From ?? sight.Running, mark?.To, Refusal, e.Message);
    }
}
