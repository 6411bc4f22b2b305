using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Clusters;

/// <summary>The kinds of objects that have actions or streams.</summary>
internal enum TargetKind
{
    /// <summary>A virtual machine.</summary>
    Machine,

    /// <summary>A run of one.</summary>
    Instance,

    /// <summary>A configuration that instances are made from.</summary>
    Config,
}

/// <summary>The object that a command is about.</summary>
internal sealed record Target(TargetKind Kind, string Namespace, string Name)
{
    /// <summary>The kind as manifests name it.</summary>
    public string KindName =>
        Kind switch
        {
            TargetKind.Machine => "VirtualMachine",
            TargetKind.Instance => "VirtualMachineInstance",
            _ => "VirtualMachineInstanceConfig",
        };

    /// <summary>The kind as kubectl abbreviates it.</summary>
    public string ShortKind =>
        Kind switch
        {
            TargetKind.Machine => "vm",
            TargetKind.Instance => "vmi",
            _ => "vmic",
        };

    /// <summary>The object's key.</summary>
    public ResourceKey Key => new(Namespace, Name);

    /// <summary>Where an action or stream of the object is.</summary>
    public string PathOf(string subresource) =>
        $"/apis/{Subresources.Group}/{Subresources.Versions[0]}/namespaces/{Uri.EscapeDataString(Namespace)}"
        + $"/{KindName.ToLowerInvariant()}s/{Uri.EscapeDataString(Name)}/{subresource}";

    /// <summary>Refuses what is not there, in the server's words.</summary>
    /// <exception cref="ApiException">It is not there.</exception>
    public void RequireIn(Life life)
    {
        if (Kind == TargetKind.Machine ? life.Machine is null : life.Instance is null)
        {
            throw new ApiException(Reason.NotFound, $"{KindName.ToLowerInvariant()}.kubevirt.io \"{Name}\" not found");
        }
    }

    /// <summary>The name as messages give it: <c>VM web</c>.</summary>
    public override string ToString() => $"{ShortKind.ToUpperInvariant()} {Name}";

    /// <summary>
    /// Reads <c>TYPE/NAME</c>, <c>TYPE/NAME/NAMESPACE</c> or <c>TYPE/NAME.NAMESPACE</c>; a lone name is of the type
    /// that the command is about.
    /// </summary>
    /// <exception cref="UsageException">It is none of these.</exception>
    public static Target Parse(string text, string @namespace, TargetKind usual)
    {
        var parts = text.Split('/');
        if (parts is [var alone])
        {
            return Named(usual, alone, @namespace, text);
        }

        var kind = KindOf(parts[0]);
        return parts switch
        {
            [_, var name, var inNamespace] => Named(kind, name, inNamespace, text),
            [_, var name] when name.Split('.', 2) is [var first, var inNamespace] => Named(
                kind,
                first,
                inNamespace,
                text
            ),
            [_, var name] => Named(kind, name, @namespace, text),
            _ => throw Wrong(text),
        };
    }

    /// <summary>The kind that a word means.</summary>
    /// <exception cref="UsageException">It means none.</exception>
    public static TargetKind KindOf(string word) =>
        word.ToLowerInvariant() switch
        {
            "vm" or "vms" or "virtualmachine" or "virtualmachines" => TargetKind.Machine,
            "vmi" or "vmis" or "virtualmachineinstance" or "virtualmachineinstances" => TargetKind.Instance,
            _ => throw new UsageException($"'{word}' is no type of a guest: write vm or vmi."),
        };

    private static Target Named(TargetKind kind, string name, string @namespace, string text) =>
        name.Length > 0 && @namespace.Length > 0 ? new(kind, @namespace, name) : throw Wrong(text);

    private static UsageException Wrong(string text) =>
        new($"'{text}' names no guest: write NAME, vm/NAME, vmi/NAME, or vmi/NAME/NAMESPACE.");
}
