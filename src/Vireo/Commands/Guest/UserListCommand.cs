using System.CommandLine;
using System.Globalization;
using Vireo.Api;

namespace Vireo.Commands;

/// <summary>`vireo userlist`: who is logged in to a guest.</summary>
internal static class UserListCommand
{
    public static Command Create() =>
        GuestQuestion.Create(
            ("userlist", "userlist", "Lists who is logged in to a guest, as its agent tells."),
            ApiJson.Default.VirtualMachineInstanceGuestOSUserList,
            ["User", "Domain", "Login"],
            answer =>
                answer.Items.Select(user =>
                    (IReadOnlyList<string>)[user.UserName, user.Domain ?? "", TimeOf(user.LoginTime)]
                )
        );

    private static string TimeOf(double? seconds) =>
        seconds is { } since
            ? DateTimeOffset
                .FromUnixTimeSeconds((long)since)
                .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : "";
}
