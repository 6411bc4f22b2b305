using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.InstanceTypes;

/// <summary>Finds the machines that wait for an instance type or a preference.</summary>
internal sealed class ReferenceIndex
{
    private const string ByReference = "reference";

    private static readonly MatcherRole[] Roles = [MatcherRole.Instancetype, MatcherRole.Preference];

    private readonly Informer<VirtualMachine> _machines;

    /// <param name="machines">The machines, before they are followed.</param>
    public ReferenceIndex(Informer<VirtualMachine> machines)
    {
        _machines = machines;
        machines.Index(ByReference, Keys);
    }

    /// <summary>
    /// The machines that name an object and do not use it yet. An edit of an object concerns nobody who uses it: they
    /// have it as it was.
    /// </summary>
    public IEnumerable<ResourceKey> Waiting(IResource referred) =>
        _machines
            .ByIndex(ByReference, Key(referred.Kind, referred.Metadata.Namespace, referred.Metadata.Name))
            .Where(machine => Roles.Any(role => IsWaiting(machine, role)))
            .Select(ResourceKey.Of);

    private static bool IsWaiting(VirtualMachine machine, MatcherRole role) =>
        MachineMatcher.Of(machine.Spec, role) is { } matcher
        && !InstanceTypeRevisions.IsMeant(matcher, ReferencePlan.InStatus(machine.Status, role));

    private static IEnumerable<string> Keys(VirtualMachine machine) =>
        Roles
            .Select(role => MachineMatcher.Of(machine.Spec, role))
            .Where(matcher => matcher is { Name: not null, Kind: not null })
            .Select(matcher =>
                Key(matcher!.Kind!.Kind, matcher.Kind.IsNamespaced ? machine.Metadata.Namespace : null, matcher.Name)
            );

    private static string Key(string? kind, string? ns, string? name) => $"{kind} {ns} {name}";
}
