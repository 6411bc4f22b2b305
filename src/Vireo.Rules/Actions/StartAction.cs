using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Starts a virtual machine.</summary>
/// <remarks>
/// <code>
/// strategy        absent  active     stopping   deleting   succeeded  failed     lost    orphan  foreign
/// Halted          run     run-again  run-again  run-again  run-again  run-again  refuse  refuse  refuse
/// RerunOnFailure  start   refuse     again      again      again      refuse     refuse  refuse  refuse
/// Manual          start   refuse     again      again      again      again      refuse  refuse  refuse
/// Always          refuse  refuse     refuse     refuse     refuse     refuse     refuse  refuse  refuse
/// Once            refuse  refuse     refuse     refuse     refuse     refuse     refuse  refuse  refuse
/// </code>
/// Stopping: alive, with a stop in status that is not carried out yet. Lost: its host does not report. Run gives the
/// machine the strategy that the stop took from it, or Always; start asks for a start; again asks for the end of the
/// instance that is there, and then for a start. What waits in status already is not asked for twice. A start that is
/// to be paused is asked for under Halted as well, in the same write as the strategy, so that no pass of the
/// controllers sees the one without the other.
/// </remarks>
internal static class StartAction
{
    public static ActionDecision Decide(ActionScene scene, StartOptions options) =>
        scene.Gone()
        ?? scene.OnShelf()
        ?? Unrecovered(scene)
        ?? NotOwn(scene)
        ?? AlreadyRunning(scene)
        ?? ByStrategy(scene, options.Paused == true);

    private static ActionDecision ByStrategy(ActionScene scene, bool paused) =>
        scene.Strategy switch
        {
            RunStrategy.Halted => Run(scene, paused),
            RunStrategy.RerunOnFailure when IsRerunBySelf(scene) => ActionScene.Conflict(
                "RerunOnFailure does not support starting VM from failed state"
            ),
            RunStrategy.RerunOnFailure or RunStrategy.Manual => scene.Ask(Requests(scene, paused)),
            var strategy => ActionScene.Conflict($"{strategy} does not support manual start requests"),
        };

    private static ActionDecision.ChangeMachine Run(ActionScene scene, bool paused)
    {
        var machine = scene.Machine;
        var status = machine.Status ?? new();
        return new(
            machine with
            {
                Spec = machine.Spec.Running is null
                    ? machine.Spec with
                    {
                        RunStrategy =
                            status.RunStrategyBeforeStop is RunStrategy.Once ? RunStrategy.Once : RunStrategy.Always,
                    }
                    : machine.Spec with
                    {
                        Running = true,
                    },
                Status = StateChangeRequests.Replace(
                    status,
                    scene.Pending,
                    paused || scene.Instance is not null ? Requests(scene, paused) : []
                ) with
                {
                    RunStrategyBeforeStop = null,
                    StartFailure = null,
                },
            }
        );
    }

    private static IReadOnlyList<VirtualMachineStateChangeRequest> Requests(ActionScene scene, bool paused)
    {
        var start = paused ? StateChangeRequests.PausedStart : StateChangeRequests.Start;
        return scene.Instance is null ? [start] : [scene.StopRequest, start];
    }

    private static bool IsRerunBySelf(ActionScene scene) =>
        scene.Instance?.Status?.Phase is VirtualMachineInstancePhase.Failed && !scene.IsAskedToStop;

    private static ActionDecision.Refuse? Unrecovered(ActionScene scene) =>
        Conditions.Find(scene.Machine.Status?.Conditions, "ManualRecoveryRequired") is { Status: "True" } condition
            ? ActionScene.Conflict(
                "VM recovery required: "
                    + (
                        string.IsNullOrEmpty(condition.Message)
                            ? "its volumes must be put right before it can start"
                            : condition.Message
                    )
            )
            : null;

    private static ActionDecision.Refuse? NotOwn(ActionScene scene) =>
        scene switch
        {
            { Named: not null, Instance: null } when ActionScene.OwnerOf(scene.Named) is { } owner =>
                ActionScene.Conflict(
                    $"VirtualMachineInstance '{scene.Named.Metadata.Name}' exists and belongs to {owner.Kind} "
                        + $"'{owner.Name}': delete it, or give this VirtualMachine another name."
                ),
            { Named: { Metadata.DeletionTimestamp: null } named, Instance: null }
                when !VirtualMachineInstancePhases.IsFinal(named.Status?.Phase) => ActionScene.Conflict(
                "VM is already running"
            ),
            { Named: not null, Instance: null } => ActionScene.Conflict(
                $"VirtualMachineInstance '{scene.Named.Metadata.Name}' has ended and belongs to nobody: start the "
                    + "VirtualMachine once it is gone."
            ),
            _ => null,
        };

    private static ActionDecision.Refuse? AlreadyRunning(ActionScene scene) =>
        scene switch
        {
            { Instance.Status.Phase: VirtualMachineInstancePhase.Unknown } => ActionScene.Conflict(
                $"Host '{scene.Instance.Status.NodeName}' does not report: whether the VM runs is not known"
            ),
            { IsActive: true, IsStopping: false } => ActionScene.Conflict("VM is already running"),
            _ => null,
        };
}
