namespace Vireo.Rules;

/// <summary>What holds for every action.</summary>
public static class ActionRules
{
    private const string All = "All";

    /// <summary>True when the action is only to be checked.</summary>
    public static bool IsDryRun(IReadOnlyList<string>? dryRun) => dryRun is [_, ..];

    /// <summary>The refusal of a <c>dryRun</c> that is not understood; null when it is well.</summary>
    /// <remarks>Doing it in earnest, because the word was spelled wrong, would be the worst answer.</remarks>
    public static ActionDecision.Refuse? CheckDryRun(IReadOnlyList<string>? dryRun) =>
        (dryRun ?? []).FirstOrDefault(word => word != All) is { } unknown
            ? new(ActionRefusal.BadRequest, $"dryRun: '{unknown}' is not supported; leave it out, or use {All}.")
            : null;
}
