using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Tells what guests tell of themselves and show.</summary>
/// <param name="control">Asks guests.</param>
internal sealed class QuestionDoor(IGuestControl control)
{
    public async Task TellAllAsync(DoorCall call) =>
        await call.AnswerAsync(
            await AskAsync(call, GuestQuestion.Everything),
            ApiJson.Default.VirtualMachineInstanceGuestAgentInfo
        );

    public async Task TellUsersAsync(DoorCall call) =>
        await call.AnswerAsync(
            new() { Metadata = new(), Items = (await AskAsync(call, GuestQuestion.Users)).UserList ?? [] },
            ApiJson.Default.VirtualMachineInstanceGuestOSUserList
        );

    public async Task TellFileSystemsAsync(DoorCall call) =>
        await call.AnswerAsync(
            new() { Metadata = new(), Items = (await AskAsync(call, GuestQuestion.FileSystems)).FsInfo?.Disks ?? [] },
            ApiJson.Default.VirtualMachineInstanceFileSystemList
        );

    /// <summary>The screen as PNG.</summary>
    public async Task ShowScreenAsync(DoorCall call)
    {
        if (call.HasFlag("moveCursor"))
        {
            throw new ApiException(
                Reason.BadRequest,
                "moveCursor: Vireo does not move a guest's pointer; wake the screen through vnc, then ask without it."
            );
        }

        if (call.Instance.Spec.Domain.Devices.AutoattachGraphicsDevice == false)
        {
            throw new ApiException(Reason.BadRequest, "No graphics devices are present.");
        }

        var picture =
            await control.TakePictureAsync(call.Id, call.Aborted) ?? throw DoorRefusals.NotRunning(call.Id.Key.Name);
        await call.AnswerAsync("image/png", PngPicture.From(picture));
    }

    private async Task<VirtualMachineInstanceGuestAgentInfo> AskAsync(DoorCall call, GuestQuestion question) =>
        await control.AskAsync(call.Id, question, call.Aborted) ?? throw DoorRefusals.NotRunning(call.Id.Key.Name);
}
