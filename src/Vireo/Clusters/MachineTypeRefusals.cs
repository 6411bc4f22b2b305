using Vireo.Running;
using Vireo.Runtime;

namespace Vireo.Clusters;

/// <summary>What the refusals of an update of a machine type mean, by the word that the server gives as their cause.
/// </summary>
internal static class MachineTypeRefusals
{
    /// <summary>What the exit codes mean, for people.</summary>
    public const string ExitCodesExplained =
        "Exit codes: 0 done, or nothing to do; 1 failed; 2 typed wrongly; 3 not in this state;\n"
        + "4 forbidden without --force: other family, older, from a version to an alias, not comparable;\n"
        + "5 no name of a type, offered by no host, or none given and the image names none;\n"
        + "6 somebody else was quicker, or --from is not what is recorded.";

    /// <summary>The exit code and what to do about it; null when it is no such refusal.</summary>
    public static (int ExitCode, string Hint)? Of(ApiException refusal) =>
        refusal.Status.Details?.Causes is not [{ Reason: { } cause }]
            ? null
            : cause switch
            {
                "WrongState" => (
                    ExitCodes.WrongState,
                    "Stop it first with 'vireo stop NAME --wait', or store the type for its next boot with --at-next-boot."
                ),
                "FamilyChange" or "Downgrade" or "AliasFromVersioned" or "NotComparable" => (
                    ExitCodes.Forbidden,
                    "See first with --force --dry-run what the guest would find changed."
                ),
                "Malformed" or "NotOffered" => (
                    ExitCodes.NotOffered,
                    "'vireo host machine-types' shows what hosts offer."
                ),
                "NoImageType" => (ExitCodes.NotOffered, "Name the type: 'vireo machine-type set NAME TYPE'."),
                "PreconditionFailed" => (ExitCodes.Conflict, "'vireo machine-type get NAME' shows what it has now."),
                _ => null,
            };
}
