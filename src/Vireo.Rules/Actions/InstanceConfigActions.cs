using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Decides what starting and stopping an instance of a configuration comes to.</summary>
/// <remarks>
/// <code>
/// action  config    absent  active  deleting  ended    orphan  foreign
/// start   there     create  refuse  refuse    replace  refuse  refuse
/// start   deleted   refuse  refuse  refuse    refuse   refuse  refuse
/// stop    any       refuse  delete  -         delete   refuse  refuse
/// </code>
/// Nothing is remembered in the configuration: an instance is its own by the reference to its owner. What is decided
/// holds for the instance as it was read; each decision names it by its identity.
/// </remarks>
public static class InstanceConfigActions
{
    /// <summary>Makes an instance from a configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="name">The instance to make; null or empty for the configuration's own name.</param>
    /// <param name="existing">The instance of that name, whoever owns it; null when there is none.</param>
    public static ActionDecision Start(
        VirtualMachineInstanceConfig config,
        string? name,
        VirtualMachineInstance? existing
    )
    {
        var meant = NameOf(config, name);
        var refusal = Unfit(meant) ?? Gone(config) ?? Foreign(config, existing) ?? Taken(existing);
        return refusal is not null
            ? refusal
            : new ActionDecision.CreateInstance(
                InstanceConfigComposition.Compose(config, meant),
                existing?.Metadata.Uid
            );
    }

    /// <summary>Ends an instance of a configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="name">The instance to end; null or empty for the configuration's own name.</param>
    /// <param name="existing">The instance of that name, whoever owns it; null when there is none.</param>
    public static ActionDecision Stop(
        VirtualMachineInstanceConfig config,
        string? name,
        VirtualMachineInstance? existing
    )
    {
        var meant = NameOf(config, name);
        return (Unfit(meant) ?? Foreign(config, existing), existing?.Metadata) switch
        {
            ({ } refusal, _) => refusal,
            (_, null) => Conflict($"VirtualMachineInstance '{meant}' is not running"),
            (_, { DeletionTimestamp: not null }) => new ActionDecision.Nothing(),
            (_, var metadata) => new ActionDecision.DeleteInstance(metadata.Uid!),
        };
    }

    /// <summary>The instance that is meant: the one named, or the one of the configuration's name.</summary>
    public static string NameOf(VirtualMachineInstanceConfig config, string? name) =>
        string.IsNullOrEmpty(name) ? config.Metadata.Name! : name;

    private static ActionDecision.Refuse? Unfit(string name) =>
        NameRules.IsLabel(name) ? null : new(ActionRefusal.BadRequest, $"name: '{name}' {NameRules.LabelForm}.");

    private static ActionDecision.Refuse? Gone(VirtualMachineInstanceConfig config) =>
        config.Metadata.DeletionTimestamp is null
            ? null
            : Conflict("The VirtualMachineInstanceConfig is being deleted.");

    private static ActionDecision.Refuse? Foreign(
        VirtualMachineInstanceConfig config,
        VirtualMachineInstance? existing
    ) =>
        existing switch
        {
            null => null,
            _ when ActionScene.OwnerOf(existing) is null => Conflict(
                $"VirtualMachineInstance '{existing.Metadata.Name}' exists and belongs to nobody: give another name, "
                    + "or delete it."
            ),
            _ when ActionScene.OwnerOf(existing) is { } owner && owner.Uid != config.Metadata.Uid => Conflict(
                $"VirtualMachineInstance '{existing.Metadata.Name}' exists and belongs to {owner.Kind} "
                    + $"'{owner.Name}': give another name."
            ),
            _ => null,
        };

    private static ActionDecision.Refuse? Taken(VirtualMachineInstance? existing) =>
        existing switch
        {
            null => null,
            { Metadata.DeletionTimestamp: not null } => Conflict(
                $"VirtualMachineInstance '{existing.Metadata.Name}' is being stopped: try again when it is gone."
            ),
            _ when VirtualMachineInstancePhases.IsFinal(existing.Status?.Phase) => null,
            _ => Conflict($"VirtualMachineInstance '{existing.Metadata.Name}' is already running"),
        };

    private static ActionDecision.Refuse Conflict(string message) => ActionScene.Conflict(message);
}
