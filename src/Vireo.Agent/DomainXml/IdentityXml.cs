using System.Globalization;
using System.Xml.Linq;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>The domain's name, its uuid, and the metadata by which the agent knows it as its own.</summary>
internal static class IdentityXml
{
    /// <summary>The XML namespace of the metadata.</summary>
    public static readonly XNamespace Metadata = "https://vireo.dev/domain/v1";

    /// <summary>
    /// The domain's name: unique on the host for an instance's namespace and name, so libvirt itself refuses a second.
    /// </summary>
    public static string NameOf(ResourceKey key) => $"{key.Namespace}_{key.Name}";

    /// <summary>
    /// The key a domain's name stands for; null when the name is none of ours. Labels have no underscore.
    /// </summary>
    public static ResourceKey? KeyOf(string domainName) =>
        domainName.Split('_') is [{ Length: > 0 } space, { Length: > 0 } name] ? new(space, name) : null;

    public static IEnumerable<XElement> Render(DomainContext context)
    {
        var metadata = context.Instance.Metadata;
        yield return new("name", NameOf(ResourceKey.Of(context.Instance)));
        if (Guid.TryParse(context.Domain.Firmware?.Uuid, CultureInfo.InvariantCulture, out var uuid))
        {
            yield return new("uuid", uuid.ToString());
        }
        else
        {
            context.Refuse(
                "spec.domain.firmware.uuid",
                FieldErrorReason.FieldValueInvalid,
                $"spec.domain.firmware.uuid: '{context.Domain.Firmware?.Uuid}' is no UUID."
            );
        }

        yield return new(
            "metadata",
            new XElement(
                Metadata + "instance",
                new XAttribute(XNamespace.Xmlns + "vireo", Metadata.NamespaceName),
                new XAttribute("uid", metadata.Uid ?? ""),
                new XAttribute("namespace", metadata.Namespace ?? ""),
                new XAttribute("name", metadata.Name ?? ""),
                XmlParts.Attribute("vmGeneration", metadata.Annotations?.GetValueOrDefault("kubevirt.io/vm-generation"))
            )
        );
    }
}
