using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>The path of an action or stream, taken apart: the same that the API server serves.</summary>
/// <param name="Key">The instance.</param>
/// <param name="Action">The longest name of <see cref="Subresources"/> that fits.</param>
/// <param name="Arguments">What follows.</param>
internal sealed record DoorPath(ResourceKey Key, Subresource Action, IReadOnlyList<string> Arguments)
{
    private const string Instances = "virtualmachineinstances";

    /// <summary>Takes a path apart; null when nothing is served there.</summary>
    public static DoorPath? Parse(string path)
    {
        if (
            path.Split('/')
            is not [
                "",
                "apis",
                Subresources.Group,
                var version,
                "namespaces",
                var space,
                Instances,
                var name,
                .. var rest,
            ]
        )
        {
            return null;
        }

        var action = Subresources
            .All.Where(known => known.Resource == Instances && StartsWith(rest, known.Name.Split('/')))
            .MaxBy(known => known.Name.Length);
        return action is null || !Subresources.Versions.Contains(version, StringComparer.Ordinal)
            ? null
            : new(new(space, name), action, rest[action.Name.Split('/').Length..]);
    }

    private static bool StartsWith(string[] path, string[] start) =>
        path.Length >= start.Length && path.AsSpan(0, start.Length).SequenceEqual(start);
}
