using System.CommandLine;
using Vireo.ApiServer.Backups;
using Vireo.Output;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>`vireo backup verify`: reads a backup whole.</summary>
internal static class BackupVerifyCommand
{
    public static Command Create()
    {
        var file = BackupCommand.BackupFile();
        var command = new Command("verify", "Reads a backup whole and tells what is in it, or what is wrong with it.")
        {
            file,
        };
        command.SetAction(
            (parse, ct) =>
                Guard.RunAsync(async () =>
                {
                    var summary = await StateBackup.VerifyAsync(Path.GetFullPath(parse.GetValue(file)!), ct);
                    await Console.Out.WriteLineAsync(BackupText.Of(summary));
                    return ExitCodes.Success;
                })
        );
        return command.WithExample("vireo backup verify /srv/vireo.tar");
    }
}
