using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>Waits until the machines that a run labelled have restarted, and takes the labels off.</summary>
internal sealed class RunRestartWatch(KubernetesClient client, TransitionScope scope, TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    /// <summary>Returns when no machine of the run is left to restart.</summary>
    /// <param name="seen">Told how many are left, at each look.</param>
    /// <param name="waits">Called before each wait.</param>
    /// <param name="ct">Ends it.</param>
    public async Task UntilNoneIsLeftAsync(Action<int> seen, Action waits, CancellationToken ct)
    {
        while (true)
        {
            var left = await LookAsync(ct);
            seen(left);
            if (left == 0)
            {
                return;
            }

            waits();
            await Task.Delay(LookAgain, time, ct);
        }
    }

    private async Task<int> LookAsync(CancellationToken ct)
    {
        var left = 0;
        var labelled = $"{KubeVirtNames.RestartRequiredLabel}=true";
        await foreach (var sight in MachinePages.ReadAsync(client, scope.Spec.Namespaces, labelled, ct))
        {
            if (TransitionMark.Of(sight.Machine)?.Uid != scope.Uid)
            {
                continue;
            }

            if (TransitionVerdicts.Of(scope, sight) is { Outcome.Outcome: "RestartRequired" })
            {
                left++;
                continue;
            }

            await UnlabelAsync(sight.Machine, ct);
        }

        return left;
    }

    private async Task UnlabelAsync(VirtualMachine machine, CancellationToken ct)
    {
        try
        {
            await client.PatchAsync<VirtualMachine>(ResourceKey.Of(machine), MovePatch.Unlabel(machine), ct);
        }
        catch (ApiException e) when (e.Reason is Reason.Conflict or Reason.NotFound or Reason.Invalid)
        {
            // Somebody else was quicker; the next look sees.
        }
    }
}
