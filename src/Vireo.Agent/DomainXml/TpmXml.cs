using System.Xml.Linq;

namespace Vireo.Agent;

/// <summary>A trusted platform module, emulated by swtpm.</summary>
internal static class TpmXml
{
    public static IEnumerable<XElement> Render(DomainContext context)
    {
        if (context.Devices.Tpm is not { Enabled: not false } tpm)
        {
            yield break;
        }

        if (!context.Host.HasTpmEmulator)
        {
            context.Unsupported(
                "spec.domain.devices.tpm",
                "spec.domain.devices.tpm: this host has no TPM emulator; install the Debian packages swtpm and swtpm-tools."
            );
        }

        yield return new(
            "tpm",
            new XAttribute("model", context.IsX86 ? "tpm-crb" : "tpm-tis"),
            new XElement(
                "backend",
                new XAttribute("type", "emulator"),
                new XAttribute("version", "2.0"),
                XmlParts.YesNo("persistent_state", tpm.Persistent == true ? true : null)
            )
        );
    }
}
