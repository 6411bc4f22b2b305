using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>What is the same for all machines of a transition.</summary>
/// <param name="Uid">Which transition: it is in the mark of each machine it changed.</param>
/// <param name="Name">Its name.</param>
/// <param name="Spec">What it is to do.</param>
/// <param name="Steps">From where to where each family moves, settled at its begin.</param>
/// <param name="Offers">What hosts offer; empty where that is not known.</param>
/// <param name="Configuration">The cluster's.</param>
internal sealed record TransitionScope(
    string Uid,
    string Name,
    MachineTypeTransitionSpec Spec,
    IReadOnlyList<MachineTypeStep> Steps,
    MachineTypeOffers Offers,
    KubeVirtConfiguration Configuration
)
{
    /// <summary>True when running machines are restarted, not labelled alone.</summary>
    public bool RestartsNow => Spec.Restart == "Now";
}
