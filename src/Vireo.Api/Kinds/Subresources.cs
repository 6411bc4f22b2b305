namespace Vireo.Api;

/// <summary>What goes over the wire when a subresource is asked for.</summary>
public enum SubresourceForm
{
    /// <summary>An action or a question: a request with its answer.</summary>
    Exchange,

    /// <summary>A WebSocket that carries bytes both ways.</summary>
    Stream,
}

/// <summary>One action or stream of the group <c>subresources.kubevirt.io</c>.</summary>
/// <param name="Resource">The plural of the kind it is about.</param>
/// <param name="Name">What follows the object's name in the path, for example <c>vnc/screenshot</c>.</param>
/// <param name="Methods">The HTTP methods that ask for it, apart by spaces: GET is the verb get, PUT is update.</param>
/// <param name="Form">What goes over the wire.</param>
/// <param name="TakesArguments">True when more may follow in the path, for example a port.</param>
public sealed record Subresource(
    string Resource,
    string Name,
    string Methods = "PUT",
    SubresourceForm Form = SubresourceForm.Exchange,
    bool TakesArguments = false
)
{
    /// <summary>True for a method that asks for it.</summary>
    public bool Allows(string method) => Methods.Split(' ').Contains(method, StringComparer.Ordinal);
}

/// <summary>Every action and stream that is served: the table from which discovery and roles are derived.</summary>
public static class Subresources
{
    /// <summary>The group.</summary>
    public const string Group = "subresources.kubevirt.io";

    /// <summary>
    /// The header by which the API server tells an agent which run of an instance it means, by its uid: the agent
    /// refuses when another run bears the name.
    /// </summary>
    public const string InstanceUidHeader = "Vireo-Instance-Uid";

    private const string Machines = "virtualmachines";
    private const string Instances = "virtualmachineinstances";
    private const string Configs = "virtualmachineinstanceconfigs";

    /// <summary>The versions of the group, the preferred one first; all serve the same.</summary>
    public static IReadOnlyList<string> Versions { get; } = ["v1", "v1alpha3"];

    /// <summary>The table.</summary>
    public static IReadOnlyList<Subresource> All { get; } =
    [
        new(Machines, "start"),
        new(Machines, "stop"),
        new(Machines, "restart"),
        new(Machines, "migrate"),
        new(Machines, "evacuate/cancel"),
        new(Machines, "shelve"),
        new(Machines, "unshelve"),
        new(Machines, "rebuild"),
        new(Machines, "expand-spec", "GET"),
        new(Machines, "machinetype", "GET PUT"),
        new(Machines, "portforward", "GET", SubresourceForm.Stream, TakesArguments: true),
        new(Instances, "evacuate/cancel"),
        new(Instances, "pause"),
        new(Instances, "unpause"),
        new(Instances, "softreboot"),
        new(Instances, "reset"),
        new(Instances, "freeze"),
        new(Instances, "unfreeze"),
        new(Instances, "guestosinfo", "GET"),
        new(Instances, "userlist", "GET"),
        new(Instances, "filesystemlist", "GET"),
        new(Instances, "console", "GET", SubresourceForm.Stream),
        new(Instances, "vnc", "GET", SubresourceForm.Stream),
        new(Instances, "vnc/screenshot", "GET"),
        new(Instances, "portforward", "GET", SubresourceForm.Stream, TakesArguments: true),
        new(Configs, "start", "GET PUT"),
        new(Configs, "stop", "GET PUT"),
    ];

    /// <summary>What the end of a path asks for, and its arguments; null when nothing is served there.</summary>
    /// <param name="resource">The plural of the kind.</param>
    /// <param name="tail">What follows the object's name in the path.</param>
    public static (Subresource Subresource, IReadOnlyList<string> Arguments)? Find(
        string resource,
        IReadOnlyList<string> tail
    )
    {
        foreach (var candidate in All.Where(candidate => candidate.Resource == resource))
        {
            var name = candidate.Name.Split('/');
            if (tail.Take(name.Length).SequenceEqual(name) && (tail.Count == name.Length || candidate.TakesArguments))
            {
                return (candidate, [.. tail.Skip(name.Length)]);
            }
        }

        return null;
    }
}
