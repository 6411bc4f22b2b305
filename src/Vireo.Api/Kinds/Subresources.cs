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
public sealed record Subresource(
    string Resource,
    string Name,
    string Methods = "PUT",
    SubresourceForm Form = SubresourceForm.Exchange
);

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
        new(Machines, "expand-spec", "GET"),
        new(Machines, "portforward", "GET", SubresourceForm.Stream),
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
        new(Instances, "portforward", "GET", SubresourceForm.Stream),
        new(Configs, "start", "GET PUT"),
        new(Configs, "stop", "GET PUT"),
    ];
}
