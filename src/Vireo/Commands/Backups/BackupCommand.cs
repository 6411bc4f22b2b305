using System.CommandLine;

namespace Vireo.Commands;

/// <summary>`vireo backup`: copies of a server's state, and the way back.</summary>
internal static class BackupCommand
{
    public static Command Create() =>
        new Command("backup", "Copies of a server's state and keys, and the way back to one.")
        {
            BackupCreateCommand.Create(),
            BackupVerifyCommand.Create(),
            BackupRestoreCommand.Create(),
        }.WithExample("vireo backup create /srv/vireo.tar\nvireo backup verify /srv/vireo.tar");

    /// <summary>The file of a backup.</summary>
    public static Argument<string> BackupFile() => new("file") { Description = "The backup: a tar archive." };
}
