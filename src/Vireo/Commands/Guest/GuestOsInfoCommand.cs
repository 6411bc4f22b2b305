using System.CommandLine;
using Vireo.Api;

namespace Vireo.Commands;

/// <summary>`vireo guestosinfo`: what a guest's agent tells of its operating system.</summary>
internal static class GuestOsInfoCommand
{
    public static Command Create() =>
        GuestQuestion.Create(
            ("guestosinfo", "guestosinfo", "Shows what the guest's agent tells of its operating system."),
            ApiJson.Default.VirtualMachineInstanceGuestAgentInfo,
            ["Hostname", "System", "Kernel", "Timezone", "Agent", "File systems"],
            answer =>
                [
                    [
                        answer.Hostname ?? "",
                        answer.Os?.PrettyName ?? answer.Os?.Name ?? "",
                        answer.Os?.KernelRelease ?? "",
                        answer.Timezone ?? "",
                        answer.GuestAgentVersion ?? "",
                        string.IsNullOrEmpty(answer.FsFreezeStatus) ? "thawed" : answer.FsFreezeStatus,
                    ],
                ]
        );
}
