using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.InstanceTypes;

/// <summary>
/// Puts the instance type and the preference of a machine in their place, before anything else is done for it, and
/// keeps a copy of both as they were when it first used them.
/// </summary>
/// <remarks>
/// A copy is made and named in status before anything is made from it: whatever ends a pass, the next one uses the
/// same. Nothing is kept that the machine cannot use, so that whoever mends the object is heard.
/// </remarks>
internal sealed class InstanceTypeRecords(KubernetesClient client, ClusterView cluster, ReferenceReader references)
{
    private const string NotFoundType = "FailedFindInstancetype";
    private const string NotFoundPreference = "FailedFindPreference";
    private const string NotMade = "FailedCreate";

    /// <summary>The machine as it is to be run.</summary>
    public async Task<Expansion> ExpandAsync(VirtualMachine machine, CancellationToken ct)
    {
        if (machine.Metadata.DeletionTimestamp is not null || RefersToNothing(machine))
        {
            return Expansion.None(machine);
        }

        var type = await references.FollowAsync(machine, MatcherRole.Instancetype, ct);
        if (type.Error is { } noType)
        {
            return Expansion.Failed(machine, NotFoundType, noType.Message);
        }

        var preference = await references.FollowAsync(machine, MatcherRole.Preference, ct);
        if (preference.Error is { } noPreference)
        {
            return Expansion.Failed(machine, NotFoundPreference, noPreference.Message);
        }

        var expanded = new MachineReferences(type.Instancetype, preference.Preference).Expand(
            machine,
            cluster.Configuration
        );
        if (expanded.Spec is null)
        {
            var message = string.Join(", ", expanded.Errors.Select(error => error.Message));
            return Expansion.Failed(machine, NotMade, message);
        }

        return MachineReferences.AreWrittenOut(cluster.Configuration, machine.Status) && HasMatcher(machine)
            ? await WriteOutAsync(machine, expanded, ct)
            : await KeepAsync(machine, expanded, type, preference, ct);
    }

    /// <summary>The machine type that a machine's preference names; null when none does.</summary>
    public async Task<string?> PreferredMachineTypeAsync(VirtualMachine machine, CancellationToken ct) =>
        machine.Spec.Preference is null
            ? null
            : (await references.FollowAsync(machine, MatcherRole.Preference, ct))
                .Preference
                ?.Machine
                ?.PreferredMachineType;

    private static bool RefersToNothing(VirtualMachine machine) =>
        !HasMatcher(machine) && machine.Status is null or { InstancetypeRef: null, PreferenceRef: null };

    private static bool HasMatcher(VirtualMachine machine) =>
        machine.Spec is { Instancetype: not null } or { Preference: not null };

    /// <summary>The administrator wants machines without references: this one came before what it refers to.</summary>
    private async Task<Expansion> WriteOutAsync(VirtualMachine machine, ExpandedMachine expanded, CancellationToken ct)
    {
        try
        {
            return Expansion.None(await client.ReplaceAsync(machine with { Spec = expanded.Written! }, ct));
        }
        catch (ApiException e) when (e.Reason is Reason.Invalid or Reason.Forbidden)
        {
            return Expansion.Failed(machine, NotMade, e.Message);
        }
    }

    private async Task<Expansion> KeepAsync(
        VirtualMachine machine,
        ExpandedMachine expanded,
        FollowedReference type,
        FollowedReference preference,
        CancellationToken ct
    )
    {
        try
        {
            var (typeReference, alien) = await KeepAsync(machine, type, ct);
            var (preferenceReference, other) = await KeepAsync(machine, preference, ct);
            if ((alien ?? other) is { } unexpected)
            {
                return Expansion.Failed(machine, NotMade, unexpected);
            }

            var status = (machine.Status ?? new()) with
            {
                InstancetypeRef = typeReference,
                PreferenceRef = preferenceReference,
            };
            var stored = SameJson.Are(machine.Status, status, ApiJson.Default.VirtualMachineStatus)
                ? machine
                : await client.ReplaceStatusAsync(machine with { Status = status }, ct);
            return new(stored, stored with { Spec = expanded.Spec! }, expanded.PreferredMachineType);
        }
        catch (ApiException e) when (e.Reason is Reason.Invalid or Reason.Forbidden or Reason.BadRequest)
        {
            return Expansion.Failed(machine, NotMade, e.Message);
        }
    }

    /// <summary>Keeps a copy of what a reference leads to, unless a copy is what it leads to.</summary>
    /// <returns>What status is to say of it, and why no copy could be kept; null when one is.</returns>
    private async Task<(InstancetypeStatusRef? Reference, string? Alien)> KeepAsync(
        VirtualMachine machine,
        FollowedReference followed,
        CancellationToken ct
    )
    {
        if (followed is not { Used: { } used, Matcher: { } matcher })
        {
            return (followed.Reference, null);
        }

        var copy = InstanceTypeRevisions.Of(machine, used);
        try
        {
            await client.CreateAsync(copy, ct);
        }
        catch (ApiException e) when (e.Reason is Reason.AlreadyExists)
        {
            // Of an earlier use of the same object, or of a pass that was ended after it made it.
            var present = await client.FindAsync<ControllerRevision>(ResourceKey.Of(copy), ct);
            if (present is not null && !InstanceTypeRevisions.HoldTheSame(copy, present))
            {
                return (null, $"found existing ControllerRevision with unexpected data: {copy.Metadata.Name}");
            }
        }

        var (kind, name, revision) = (used.Kind!, used.Metadata.Name!, copy.Metadata.Name!);
        return (InstanceTypeRevisions.ReferenceTo(matcher, kind, name, revision), null);
    }
}
