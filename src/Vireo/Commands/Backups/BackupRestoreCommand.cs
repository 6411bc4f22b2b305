using System.CommandLine;
using Vireo.ApiServer.Backups;
using Vireo.Output;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>`vireo backup restore`: puts a backup in the place of the state in a folder.</summary>
internal static class BackupRestoreCommand
{
    public static Command Create()
    {
        var file = BackupCommand.BackupFile();
        var replace = new Option<bool>("--replace")
        {
            Description = "Puts a state that is there aside, into a folder replaced-TIME in the state folder.",
        };
        var state = CommandOptions.StateDir();
        var command = new Command(
            "restore",
            "Puts a backup in the place of the state in a state folder on which no server runs."
        )
        {
            file,
            replace,
            state,
        };
        command.SetAction(
            (parse, ct) =>
                Guard.RunAsync(async () =>
                {
                    var folder = Path.GetFullPath(parse.GetValue(state)!);
                    using var pid = PidFile.Take(folder);
                    var summary = await StateBackup.RestoreAsync(
                        Path.GetFullPath(parse.GetValue(file)!),
                        folder,
                        parse.GetValue(replace),
                        TimeProvider.System,
                        ct
                    );
                    await Console.Out.WriteLineAsync(BackupText.Of(summary));
                    await Console.Out.WriteLineAsync($"restored to {folder}");
                    return ExitCodes.Success;
                })
        );
        return command.WithExample("vireo backup restore /srv/vireo.tar --state-dir /var/lib/vireo --replace");
    }
}
