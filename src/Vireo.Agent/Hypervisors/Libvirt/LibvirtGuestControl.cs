using System.Xml.Linq;
using Vireo.Api;
using Vireo.Libvirt;

namespace Vireo.Agent;

/// <summary>Acts on guests by libvirt, and through it on the agents in them.</summary>
/// <param name="link">The connection.</param>
internal sealed class LibvirtGuestControl(LibvirtLink link) : IGuestControl
{
    public Task<bool> PauseAsync(DomainId id, CancellationToken ct) =>
        OnGuestAsync(
            id,
            (domain, _) =>
            {
                domain.Suspend();
                return true;
            },
            ct
        );

    public Task<bool> ResumeAsync(DomainId id, CancellationToken ct) =>
        OnGuestAsync(
            id,
            (domain, _) =>
            {
                // libvirt refuses to resume what runs.
                if (domain.GetState().State is not DomainState.Running)
                {
                    domain.Resume();
                }

                return true;
            },
            ct
        );

    public Task<bool> FreezeAsync(DomainId id, CancellationToken ct) =>
        OnAgentAsync(
            id,
            (domain, _) =>
            {
                if (!GuestAgentTalk.IsFrozen(domain))
                {
                    domain.FreezeFileSystems();
                }

                return true;
            },
            ct
        );

    public Task<bool> ThawAsync(DomainId id, CancellationToken ct) =>
        OnAgentAsync(
            id,
            (domain, _) =>
            {
                domain.ThawFileSystems();
                return true;
            },
            ct
        );

    public Task<VirtualMachineInstanceGuestAgentInfo?> AskAsync(
        DomainId id,
        GuestQuestion question,
        CancellationToken ct
    ) => OnAgentAsync(id, (domain, xml) => GuestAgentTalk.Ask(domain, xml, question), ct);

    public Task<ScreenPicture?> TakePictureAsync(DomainId id, CancellationToken ct) =>
        OnGuestAsync(
            id,
            (domain, _) =>
            {
                var picture = domain.TakeScreenshot();
                return new ScreenPicture(picture.MimeType, picture.Bytes);
            },
            ct
        );

    private Task<T?> OnAgentAsync<T>(DomainId id, Func<LibvirtDomain, XElement, T> act, CancellationToken ct) =>
        OnGuestAsync(
            id,
            (domain, xml) =>
            {
                if (!ObservedDomain.Read(xml, null).IsAgentConnected)
                {
                    throw new GuestAgentException(
                        GuestAgentFault.NotConnected,
                        "VMI does not have guest agent connected"
                    );
                }

                try
                {
                    return act(domain, xml);
                }
                catch (LibvirtException e) when (GuestAgentTalk.Translate(e) is not null)
                {
                    throw GuestAgentTalk.Translate(e)!;
                }
                catch (InvalidOperationException e)
                {
                    // JSON, but of another shape.
                    throw GuestAgentTalk.NoAnswer(e);
                }
            },
            ct
        );

    private Task<T?> OnGuestAsync<T>(DomainId id, Func<LibvirtDomain, XElement, T> act, CancellationToken ct) =>
        link.CallAsync<T?>(
            connection =>
            {
                using var domain = connection.FindDomain(id.Name);
                try
                {
                    return
                        domain is not null
                        && XElement.Parse(domain.GetXml()) is var xml
                        && ObservedDomain.Read(xml, null).Uid == id.Uid
                        ? act(domain, xml)
                        : default;
                }
                catch (LibvirtException e) when (e.IsNotFound)
                {
                    return default;
                }
            },
            ct
        );
}
