namespace Vireo.Api;

/// <summary>What the server, the clients and the controllers need to know of an object of any kind.</summary>
public interface IResource
{
    /// <summary>Group and version, for example <c>kubevirt.io/v1</c>.</summary>
    string? ApiVersion { get; init; }

    /// <summary>The kind, for example <c>VirtualMachine</c>.</summary>
    string? Kind { get; init; }

    /// <summary>Name, identity, labels, owners.</summary>
    ObjectMeta Metadata { get; init; }
}
