using Vireo.Api;
using Phase = Vireo.Api.VirtualMachineInstancePhase;

namespace Vireo.Rules;

/// <summary>Decides whether a guest can be acted on, asked or connected to now.</summary>
/// <remarks>
/// <code>
/// subresource     starting  lost  succeeded  failed  runs  paused  leaving  agentless  deaf
/// pause           409       409   409        409     -     409     409      -          -
/// unpause         409       409   409        409     409   -       409      409        409
/// softreboot      409       409   409        409     -     409     409      -          409
/// reset           400       400   400        400     -     -       409      -          -
/// freeze          409       409   409        409     -     409     409      409        409
/// unfreeze        409       409   409        409     -     409     -        409        409
/// guestosinfo     409       409   409        409     -     409     -        409        409
/// userlist        409       409   409        409     -     409     -        409        409
/// filesystemlist  409       409   409        409     -     409     -        409        409
/// console         400       400   400        409     -     -       -        -          -
/// vnc             400       400   400        400     -     -       -        -          -
/// vnc/screenshot  400       400   400        400     -     -       -        -          -
/// portforward     400       400   400        400     -     409     -        -          -
/// evacuate/cancel -         -     -          -       -     -       -        -          -
/// </code>
/// Lost: its host does not report. Runs, paused, leaving (being deleted): Running, with the guest agent connected.
/// Agentless: Running without it. Deaf: so, and without ACPI. A guest that leaves can still be watched, asked, thawed
/// and unpaused, which helps it to shut down in order. 400 for a guest that does not run yet makes clients of streams
/// try again.
/// </remarks>
public static class InstanceActions
{
    /// <summary>The refusal; null when it can be done.</summary>
    /// <param name="subresource">One of <see cref="Subresources.All" />, without what follows it in the path.</param>
    /// <param name="instance">The instance.</param>
    /// <exception cref="ArgumentOutOfRangeException">Instances have no such subresource.</exception>
    public static ActionDecision.Refuse? Check(string subresource, VirtualMachineInstance instance) =>
        subresource switch
        {
            "pause" => Running(instance, "VM is not running") ?? Staying(instance) ?? NotPaused(instance, "already "),
            "unpause" => Running(instance) ?? Paused(instance),
            "softreboot" => Running(instance) ?? Staying(instance) ?? NotPaused(instance) ?? Hearing(instance),
            "reset" => Resettable(instance) ?? Staying(instance),
            "freeze" => Running(instance) ?? Staying(instance) ?? Answering(instance),
            "unfreeze" or "guestosinfo" or "userlist" or "filesystemlist" => Running(instance) ?? Answering(instance),
            "console" => Console(instance),
            "vnc" or "vnc/screenshot" => Screen(instance),
            "portforward" => PortForward(instance),
            "evacuate/cancel" => null,
            _ => throw new ArgumentOutOfRangeException(nameof(subresource), subresource, "No such subresource."),
        };

    /// <summary>
    /// The refusal of a stream or picture of a device that the instance was made without; null when it has it, or none
    /// is needed. Unlike the rest of what is checked, this holds as long as the instance does.
    /// </summary>
    public static ActionDecision.Refuse? CheckDevices(string subresource, VirtualMachineInstance instance)
    {
        var devices = instance.Spec.Domain.Devices;
        return subresource switch
        {
            "console" => Unless(
                devices.AutoattachSerialConsole != false,
                "No serial consoles are present.",
                ActionRefusal.BadRequest
            ),
            "vnc" or "vnc/screenshot" => Unless(
                devices.AutoattachGraphicsDevice != false,
                "No graphics devices are present.",
                ActionRefusal.BadRequest
            ),
            _ => null,
        };
    }

    private static ActionDecision.Refuse? Running(
        VirtualMachineInstance instance,
        string message = "VMI is not running",
        ActionRefusal why = ActionRefusal.Conflict
    ) => Unless(instance.Status?.Phase is Phase.Running, message, why);

    private static ActionDecision.Refuse? Staying(VirtualMachineInstance instance) =>
        Unless(instance.Metadata.DeletionTimestamp is null, "VMI is being deleted");

    private static ActionDecision.Refuse? Paused(VirtualMachineInstance instance) =>
        Unless(IsTrue(instance, "Paused"), "VMI is not paused");

    private static ActionDecision.Refuse? NotPaused(VirtualMachineInstance instance, string already = "") =>
        Unless(!IsTrue(instance, "Paused"), $"VMI is {already}paused");

    private static ActionDecision.Refuse? Hearing(VirtualMachineInstance instance) =>
        Unless(
            IsTrue(instance, "AgentConnected") || instance.Spec.Domain.Features?.Acpi?.Enabled != false,
            "VMI neither has the guest agent connected nor ACPI on: its guest cannot be asked to reboot"
        );

    private static ActionDecision.Refuse? Answering(VirtualMachineInstance instance) =>
        NotPaused(instance) ?? Unless(IsTrue(instance, "AgentConnected"), "VMI does not have guest agent connected");

    private static ActionDecision.Refuse? Resettable(VirtualMachineInstance instance) =>
        Running(
            instance,
            $"Failed to reset non-running VMI with phase {instance.Status?.Phase}",
            ActionRefusal.BadRequest
        );

    private static ActionDecision.Refuse? Console(VirtualMachineInstance instance) =>
        CheckDevices("console", instance)
        ?? Unless(instance.Status?.Phase is not Phase.Failed, "VMI is in failed status")
        ?? RunningToConnect(instance);

    private static ActionDecision.Refuse? Screen(VirtualMachineInstance instance) =>
        CheckDevices("vnc", instance) ?? RunningToConnect(instance);

    private static ActionDecision.Refuse? PortForward(VirtualMachineInstance instance) =>
        RunningToConnect(instance)
        ?? NotPaused(instance)
        ?? Unless(
            instance.Status?.Interfaces is [_, ..],
            "VMI has no network interface to forward to",
            ActionRefusal.BadRequest
        );

    private static ActionDecision.Refuse? RunningToConnect(VirtualMachineInstance instance) =>
        Running(instance, why: ActionRefusal.BadRequest);

    private static bool IsTrue(VirtualMachineInstance instance, string condition) =>
        Conditions.IsTrue(instance.Status?.Conditions, condition);

    private static ActionDecision.Refuse? Unless(
        bool isWell,
        string message,
        ActionRefusal why = ActionRefusal.Conflict
    ) => isWell ? null : new(why, message);
}
