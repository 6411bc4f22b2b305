using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What is done to an object.</summary>
public enum AdmissionOperation
{
    /// <summary>A new object.</summary>
    Create,

    /// <summary>A changed object, however the change was sent.</summary>
    Update,
}

/// <summary>A write that is about to be stored.</summary>
/// <param name="Kind">The kind of the object.</param>
/// <param name="Operation">What is done.</param>
/// <param name="Object">The object as it is to be stored. Its metadata is already complete.</param>
/// <param name="OldObject">What is stored now; null on create.</param>
/// <param name="Context">What the decision depends on beside the object.</param>
public sealed record AdmissionRequest(
    ResourceKind Kind,
    AdmissionOperation Operation,
    IResource Object,
    IResource? OldObject,
    AdmissionContext Context
);

/// <summary>What admission depends on beside the object.</summary>
/// <param name="Configuration">
/// The cluster's configuration. The server fills <c>architectureConfiguration.defaultArchitecture</c> with its own
/// architecture where the administrator says nothing.
/// </param>
/// <param name="Now">The time, for status.</param>
/// <param name="IsSystem">True when Vireo itself writes: it may change what users may not.</param>
public sealed record AdmissionContext(KubeVirtConfiguration Configuration, DateTimeOffset Now, bool IsSystem)
{
    /// <summary>What a virtual machine that is written refers to, as it is now.</summary>
    public MachineReferences References { get; init; } = MachineReferences.None;
}

/// <summary>The answer to a write.</summary>
/// <param name="Object">The object to store: the one asked for, with defaults.</param>
/// <param name="Errors">Every reason to refuse; empty when the write is allowed.</param>
/// <param name="Warnings">What the user should know though the write is allowed.</param>
public sealed record AdmissionResult(IResource Object, IReadOnlyList<FieldError> Errors, IReadOnlyList<string> Warnings)
{
    internal static AdmissionResult Allowed(IResource resource) => new(resource, [], []);

    internal static AdmissionResult Of(
        IResource resource,
        IEnumerable<FieldError> errors,
        IEnumerable<string>? warnings = null
    ) => new(resource, [.. errors], [.. warnings ?? []]);
}
