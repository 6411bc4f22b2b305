using System.Text.Json;
using Vireo.Api;
using Vireo.ApiServer.Storage;
using Vireo.Rules;

namespace Vireo.ApiServer.Writing;

/// <summary>Looks up what virtual machines refer to, in the store as it is.</summary>
internal sealed class ReferencedObjects(ResourceStore store)
{
    /// <summary>The instance type and the preference that a machine uses, or would use.</summary>
    /// <remarks>One that is not there is no error: a machine may come before it.</remarks>
    public MachineReferences Find(VirtualMachine machine)
    {
        if (machine.Spec is null or { Instancetype: null, Preference: null })
        {
            return MachineReferences.None;
        }

        var type = Follow(machine, MatcherRole.Instancetype);
        var preference = Follow(machine, MatcherRole.Preference);
        return new(type.Instancetype, preference.Preference)
        {
            Missing = [.. Errors(isMissing: true)],
            Errors = [.. Errors(isMissing: false)],
        };

        IEnumerable<FieldError> Errors(bool isMissing) =>
            new[] { type, preference }
                .Where(followed => followed.IsMissing == isMissing)
                .Select(followed => followed.Error)
                .OfType<FieldError>();
    }

    private FollowedReference Follow(VirtualMachine machine, MatcherRole role)
    {
        if (MachineMatcher.Of(machine.Spec, role) is not { } matcher || machine.Spec.Template?.Spec is null)
        {
            return new();
        }

        var kept = InUse(machine, matcher);
        return ReferencePlan.Decide(machine, role, kept, image => ImageDefaults.Of(Hosts(), image)) switch
        {
            ReferenceStep.UseRevision use => new(Kept: use.Revision),
            ReferenceStep.UseObject use => store.Find(use.Kind, use.Namespace, use.Name) is { } stored
                ? new(Used: JsonSerializer.Deserialize(stored.Json.Span, use.Kind.TypeInfo) as IResource)
                : new(Error: use.Missing) { IsMissing = true },
            ReferenceStep.Refuse refuse => new(Error: refuse.Error) { IsMissing = refuse.MayCome },
            _ => new(),
        };
    }

    private ControllerRevision? InUse(VirtualMachine machine, MachineMatcher matcher) =>
        InstanceTypeRevisions.InUse(matcher, ReferencePlan.InStatus(machine.Status, matcher.Role)) is { } name
        && store.Find(ResourceKinds.ControllerRevisions, machine.Metadata.Namespace, name) is { } stored
            ? JsonSerializer.Deserialize(stored.Json.Span, ApiJson.Default.ControllerRevision)
            : null;

    private IEnumerable<Host> Hosts() =>
        store
            .List(ResourceKinds.Hosts, null)
            .Items.Select(stored => JsonSerializer.Deserialize(stored.Json.Span, ApiJson.Default.Host))
            .OfType<Host>();
}
