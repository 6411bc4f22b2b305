using System.CommandLine;
using Vireo.ApiServer.Backups;
using Vireo.Clusters;
using Vireo.Output;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>`vireo backup create`: copies the state of a running server to a file, and reads the file whole.</summary>
internal static class BackupCreateCommand
{
    public static Command Create()
    {
        var file = BackupCommand.BackupFile();
        var client = new ClientOptions();
        var command = new Command(
            "create",
            "Copies the state and the keys of a running server to a new file, and verifies it. Work goes on meanwhile."
        )
        {
            file,
        };
        client.AddTo(command, hasNamespace: false);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    async cluster =>
                    {
                        var summary = await CreateAsync(cluster, Path.GetFullPath(parse.GetValue(file)!), ct);
                        await Console.Out.WriteLineAsync(BackupText.Of(summary));
                        return ExitCodes.Success;
                    },
                    ct
                )
        );
        return command.WithExample("vireo backup create /srv/vireo.tar");
    }

    private static async Task<BackupSummary> CreateAsync(Cluster cluster, string path, CancellationToken ct)
    {
        if (File.Exists(path))
        {
            throw new UsageException($"{path} is there already: name a file that is not.");
        }

        // Under its own name it is there only when it is whole.
        var part = path + ".part";
        File.Delete(part);
        try
        {
            await DownloadAsync(cluster, part, ct);
            var summary = await StateBackup.VerifyAsync(part, ct);
            File.Move(part, path);
            return summary;
        }
        finally
        {
            File.Delete(part);
        }
    }

    private static async Task DownloadAsync(Cluster cluster, string path, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, StateBackup.Path);
        using var answer = await cluster.Client.SendAsync(request, ct);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using var output = new FileStream(path, options);
        await using var content = await answer.Content.ReadAsStreamAsync(ct);
        await content.CopyToAsync(output, ct);
        output.Flush(flushToDisk: true);
    }
}
