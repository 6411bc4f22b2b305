using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Vireo.Api;
using Vireo.Libvirt;

namespace Vireo.Agent;

/// <summary>Talks to the agent in a guest, in the agent's own words where libvirt has none.</summary>
internal static class GuestAgentTalk
{
    /// <summary>What the agent tells, in the API's words.</summary>
    /// <param name="domain">Whose.</param>
    /// <param name="xml">The domain's live XML, which says of which disk a file system is.</param>
    /// <param name="question">What to ask for.</param>
    public static VirtualMachineInstanceGuestAgentInfo Ask(LibvirtDomain domain, XElement xml, GuestQuestion question)
    {
        var facts = domain.GetGuestFacts(
            question switch
            {
                GuestQuestion.Users => GuestFactKinds.Users,
                GuestQuestion.FileSystems => GuestFactKinds.FileSystems,
                _ => GuestFactKinds.Any,
            }
        );
        var told = new VirtualMachineInstanceGuestAgentInfo
        {
            UserList = facts.Users?.Select(User).ToList(),
            FsInfo = facts.FileSystems is { } mounted
                ? new() { Disks = [.. mounted.Select(fs => FileSystem(fs, xml))] }
                : null,
        };
        return question == GuestQuestion.Everything ? WithAgent(told, domain, facts) : told;
    }

    /// <summary>True when the guest's file systems are frozen.</summary>
    public static bool IsFrozen(LibvirtDomain domain) =>
        Return(domain.AgentCommand("""{"execute":"guest-fsfreeze-status"}"""))?.GetValue<string>() == "frozen";

    /// <summary>The error as the agent's; null when it is libvirt's own.</summary>
    public static GuestAgentException? Translate(LibvirtException error) =>
        error.Code switch
        {
            ErrorCode.AgentUnresponsive
            or ErrorCode.AgentCommandTimeout
            or ErrorCode.AgentUnsynchronized
            or ErrorCode.OperationTimeout => new(
                GuestAgentFault.Silent,
                $"The agent in the guest does not answer; see that it runs and try again. ({error.Reason})",
                error
            ),
            ErrorCode.OperationInvalid => new(
                GuestAgentFault.NotConnected,
                $"The agent in the guest cannot be asked while the guest stands still: {error.Reason}",
                error
            ),
            ErrorCode.AgentCommandFailed => Refused(error),
            // What libvirt 9.0 says instead.
            ErrorCode.InternalError when !error.IsConnectionLost => Refused(error),
            ErrorCode.ArgumentUnsupported or ErrorCode.OperationUnsupported or ErrorCode.NoSupport => Refused(error),
            _ => null,
        };

    /// <summary>The agent's answer is not of the form that its protocol says.</summary>
    public static GuestAgentException NoAnswer(Exception error) =>
        new(GuestAgentFault.Refused, "The agent in the guest answers with something that is no answer.", error);

    private static GuestAgentException Refused(LibvirtException error) =>
        new(GuestAgentFault.Refused, $"The agent in the guest refused: {error.Reason}", error);

    private static VirtualMachineInstanceGuestAgentInfo WithAgent(
        VirtualMachineInstanceGuestAgentInfo told,
        LibvirtDomain domain,
        GuestFacts facts
    )
    {
        var agent = Return(domain.AgentCommand("""{"execute":"guest-info"}"""));
        return told with
        {
            GuestAgentVersion = agent?["version"]?.GetValue<string>(),
            SupportedCommands = (agent?["supported_commands"] as JsonArray ?? [])
                .Select(command => new GuestAgentCommandInfo
                {
                    Name = command?["name"]?.GetValue<string>() ?? "",
                    Enabled = command?["enabled"]?.GetValue<bool>(),
                })
                .ToList(),
            Hostname = facts.Hostname,
            Os = facts.Os is { } os ? LibvirtGuest.OsOf(os) : null,
            Timezone = facts.Timezone is { } zone
                ? string.Create(CultureInfo.InvariantCulture, $"{zone.Name}, {(long)zone.Offset.TotalSeconds}")
                : null,
            FsFreezeStatus = IsFrozen(domain) ? "frozen" : "thawed",
        };
    }

    /// <summary>What an agent's answer holds. The guest's owner wrote it: it may be anything.</summary>
    private static JsonNode? Return(string answer)
    {
        try
        {
            return JsonNode.Parse(answer)?["return"];
        }
        catch (JsonException e)
        {
            throw NoAnswer(e);
        }
    }

    private static VirtualMachineInstanceGuestOSUser User(GuestUser user) =>
        new()
        {
            UserName = user.Name,
            Domain = user.Domain,
            LoginTime = user.LoggedInAt is { } at ? (at - DateTimeOffset.UnixEpoch).TotalSeconds : null,
        };

    private static VirtualMachineInstanceFileSystem FileSystem(GuestFileSystem mounted, XElement xml)
    {
        var disks = mounted
            .DiskTargets.Select(target => DiskOf(xml, target))
            .OfType<VirtualMachineInstanceFileSystemDisk>()
            .ToList();
        return new()
        {
            DiskName = mounted.Device ?? "",
            MountPoint = mounted.MountPoint,
            FileSystemType = mounted.Type ?? "",
            UsedBytes = mounted.UsedBytes ?? 0,
            TotalBytes = mounted.TotalBytes ?? 0,
            Disk = disks.Count > 0 ? disks : null,
        };
    }

    private static VirtualMachineInstanceFileSystemDisk? DiskOf(XElement xml, string target) =>
        xml.Element("devices")
            ?.Elements("disk")
            .Where(disk => disk.Element("target")?.Attribute("dev")?.Value == target)
            .Select(disk => new VirtualMachineInstanceFileSystemDisk
            {
                Serial = disk.Element("serial")?.Value,
                BusType = disk.Element("target")?.Attribute("bus")?.Value ?? "",
            })
            .FirstOrDefault();
}
