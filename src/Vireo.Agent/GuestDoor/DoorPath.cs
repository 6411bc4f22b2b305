using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>The path of an action or stream, taken apart: the same that the API server serves.</summary>
/// <param name="Key">The instance.</param>
/// <param name="Action">What is asked for.</param>
/// <param name="Arguments">What follows.</param>
internal sealed record DoorPath(ResourceKey Key, Subresource Action, IReadOnlyList<string> Arguments)
{
    /// <summary>Takes a path apart; null when nothing is served there.</summary>
    public static DoorPath? Parse(string path) =>
        path.Split('/')
            is [
                "",
                "apis",
                Subresources.Group,
                var version,
                "namespaces",
                var space,
                "virtualmachineinstances"
                and var resource,
                var name,
                .. var tail,
            ]
        && Subresources.Versions.Contains(version, StringComparer.Ordinal)
        && Subresources.Find(resource, tail) is { } found
            ? new(new(space, name), found.Subresource, found.Arguments)
            : null;
}
