using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.Agent;

/// <summary>What cloud-init is told of the instance: who it is and what it is called.</summary>
internal static class CloudInitMetadata
{
    /// <summary>The document, as JSON, which is YAML as well.</summary>
    /// <remarks>
    /// The instance id is the guest's identity, so that a guest that comes back is not taken for a new one.
    /// </remarks>
    public static string Of(VirtualMachineInstance vmi)
    {
        var name = vmi.Spec.Hostname ?? vmi.Metadata.Name;
        return new JsonObject
        {
            ["instance-id"] = vmi.Spec.Domain.Firmware?.Uuid ?? vmi.Metadata.Uid,
            ["local-hostname"] = vmi.Spec.Subdomain is { } domain ? $"{name}.{domain}" : name,
        }.ToJsonString();
    }
}
