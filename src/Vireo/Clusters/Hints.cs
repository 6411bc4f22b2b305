using Vireo.Runtime;

namespace Vireo.Clusters;

/// <summary>What to do about a refusal, where the server's message does not say it.</summary>
internal static class Hints
{
    private static readonly (string Says, string Hint)[] Known =
    [
        ("VM is already running", "Use 'vireo restart' to start it anew."),
        ("Once does not support manual start", "A VM that runs once has run: change spec.runStrategy to run it again."),
        ("does not support manual start", "Its run strategy starts it by itself: see 'kubectl describe vm'."),
        ("VM is not running", "'vireo start' starts it."),
        ("Halted does not support manual restart", "It does not run: 'vireo start' starts it."),
        ("' is already running", "Give another name with --name to run one more."),
        ("' is not running", "See what runs with 'kubectl get vmi'; --name names the instance."),
        ("non-running VMI", "Use 'vireo start' first, or wait with 'vireo wait NAME --for running'."),
        ("VMI is not running", "Use 'vireo start' first, or wait with 'vireo wait NAME --for running'."),
        ("is already paused", "Use 'vireo unpause' to let it go on."),
        ("is not paused", "Nothing is to be done: the guest goes on already."),
        ("VMI is paused", "Use 'vireo unpause' first."),
        ("Active console connection", "Close the other console first; only one can write."),
        ("Active VNC connection", "Close the other viewer first, or leave out --preserve-session to take over."),
        ("manual restart requests", "Use 'vireo stop' and 'vireo start' instead."),
        ("shorter graceperiod", "It stops already: 'vireo stop --force --grace-period 0' ends it at once."),
        ("already underway", "Wait for it with 'vireo wait', then try again."),
    ];

    /// <summary>The hint; null when the message is enough.</summary>
    public static string? Of(ApiException refusal)
    {
        var known = Array.Find(Known, row => refusal.Message.Contains(row.Says, StringComparison.OrdinalIgnoreCase));
        return known.Hint
            ?? refusal.Reason switch
            {
                Reason.NotFound when IsOfInstance(refusal) =>
                    "It runs no guest now: 'vireo start' starts its VirtualMachine; "
                        + "'kubectl get vm,vmi' shows what is there.",
                Reason.NotFound when IsOfConfig(refusal) =>
                    "See what is there with 'kubectl get vmic', and choose a namespace with -n; --name names the instance.",
                Reason.NotFound when IsOfTransition(refusal) =>
                    "See what is there with 'vireo machine-type transition list'.",
                Reason.NotFound when KindOfInstancetype(refusal) is { } kind =>
                    $"See what is there with 'kubectl get {kind}'.",
                Reason.NotFound => "See what is there with 'kubectl get vm,vmi', and choose a namespace with -n.",
                Reason.Unauthorized => "The server does not know the user of the kubeconfig: choose another with "
                    + "--kubeconfig or --context.",
                Reason.Forbidden =>
                    "Ask whoever rules the cluster for the right, or choose another user with --context.",
                Reason.TooManyRequests or Reason.Timeout => "Try again in a moment.",
                _ => null,
            };
    }

    private static bool IsOfInstance(ApiException refusal) =>
        refusal.Message.StartsWith("virtualmachineinstance.", StringComparison.Ordinal);

    private static bool IsOfConfig(ApiException refusal) =>
        refusal.Message.StartsWith("virtualmachineinstanceconfig.", StringComparison.Ordinal);

    private static string? KindOfInstancetype(ApiException refusal) =>
        refusal.Message.Split(".instancetype.kubevirt.io ", 2) is [var kind, _] ? kind : null;

    private static bool IsOfTransition(ApiException refusal) =>
        refusal.Message.StartsWith("machinetypetransitions.", StringComparison.Ordinal);
}
