using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>What keeps a transition from beginning, and what it begins with.</summary>
internal static class TransitionBeginning
{
    /// <summary>The status of a transition that has not begun: Pending, Failed, or Running with its steps.</summary>
    /// <param name="client">The server.</param>
    /// <param name="transition">The transition.</param>
    /// <param name="others">All transitions.</param>
    /// <param name="offers">What hosts offer.</param>
    /// <param name="now">The time.</param>
    /// <param name="ct">Ends it.</param>
    public static async Task<MachineTypeTransitionStatus> DecideAsync(
        KubernetesClient client,
        MachineTypeTransition transition,
        IEnumerable<MachineTypeTransition> others,
        MachineTypeOffers offers,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var (spec, status) = (transition.Spec, transition.Status);
        if (await MissingAsync(client, spec, ct) is [_, ..] missing)
        {
            return TransitionReport.Ended(
                status,
                "Failed",
                "NamespaceNotFound",
                $"spec.namespaces: there is no namespace {string.Join(", ", missing)}. Make a transition that names "
                    + "namespaces that exist.",
                now
            );
        }

        if (TransitionOverlap.Blocking(transition, others) is { } earlier)
        {
            return TransitionReport.Pending(
                status,
                "Overlap",
                $"It may select the same machines as {earlier.Metadata.Name}, which was made before it: it begins when "
                    + "that one has ended.",
                now
            );
        }

        if (!string.IsNullOrEmpty(spec.RollbackOf))
        {
            return TransitionReport.Begun(status, [], now);
        }

        if (offers.IsEmpty)
        {
            return TransitionReport.Pending(
                status,
                "NoHosts",
                "No host tells which machine types it offers: it begins when one does.",
                now
            );
        }

        var settled = TransitionSteps.Settle(spec, offers);
        return settled.Problems is []
            ? TransitionReport.Begun(status, settled.Steps, now)
            : TransitionReport.Ended(status, "Failed", "CannotBegin", string.Join(" ", settled.Problems), now);
    }

    /// <summary>Namespaces that a transition names and that do not exist.</summary>
    public static async Task<IReadOnlyList<string>> MissingAsync(
        KubernetesClient client,
        MachineTypeTransitionSpec spec,
        CancellationToken ct
    )
    {
        var missing = new List<string>();
        foreach (var name in spec.Namespaces ?? [])
        {
            if (await client.FindAsync<Namespace>(new(null, name), ct) is null)
            {
                missing.Add(name);
            }
        }

        return missing;
    }
}
