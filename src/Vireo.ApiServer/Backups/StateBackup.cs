using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Api;
using Vireo.ApiServer.Hosting;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Backups;

/// <summary>Backups as files: reads them whole, and puts one in the place of a state.</summary>
public static class StateBackup
{
    /// <summary>Where the server gives a backup, to the group system:masters.</summary>
    public const string Path = "/backup";

    /// <summary>
    /// How far the counter of revisions jumps at a restore. Revisions given out after the backup was made must not
    /// come again: a client that knows one would go on from it and miss what it never saw.
    /// </summary>
    private const long Jump = 1_000_000_000;

    /// <summary>Reads a backup whole: every page, row and object of the state in it.</summary>
    /// <exception cref="BackupException">It cannot be restored by this Vireo; the message says why.</exception>
    public static async Task<BackupSummary> VerifyAsync(string file, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("vireo-backup-").FullName;
        try
        {
            var database = System.IO.Path.Combine(folder, "vireo.db");
            var manifest = await BackupArchive.ExtractAsync(file, database, System.IO.Path.Combine(folder, "pki"), ct);
            return Check(file, database, manifest, isRestored: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotRead(file, e);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Puts what is in a backup in the place of the state in a folder. No server may run on it.</summary>
    /// <param name="file">The backup.</param>
    /// <param name="stateFolder">The state folder, which is made if it does not exist.</param>
    /// <param name="replaces">True to put a state that is there aside, into a folder beside it.</param>
    /// <param name="time">Names the folder of what is put aside.</param>
    /// <param name="ct">Ends the reading of the backup; what is there is as it was then.</param>
    /// <exception cref="BackupException">The backup is not sound, or there is a state already.</exception>
    /// <exception cref="ApiServerStartException">The folder is in use, or cannot be written.</exception>
    public static async Task<BackupSummary> RestoreAsync(
        string file,
        string stateFolder,
        bool replaces,
        TimeProvider time,
        CancellationToken ct
    )
    {
        using var folder = StateFolder.Open(stateFolder);
        if (File.Exists(folder.Database) && !replaces)
        {
            throw new BackupException(
                $"The state folder {folder.Path} holds a state already: say --replace to put that aside, or name another "
                    + "folder."
            );
        }

        var (database, keys) = (StateSchema.Restoring(folder.Database), folder.Keys + ".restoring");
        try
        {
            RemoveLeft(folder, database, keys);
            var manifest = await BackupArchive.ExtractAsync(file, database, keys, ct);
            var summary = Check(file, database, manifest, isRestored: true);
            PutAside(folder, time.GetUtcNow());
            Directory.Move(keys, folder.Keys);
            // Last: until it is there, a server refuses to start on the folder.
            File.Move(database, folder.Database);
            RemoveLeft(folder, database, keys);
            return summary;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotRead(file, e);
        }
    }

    private static BackupException NotRead(string file, Exception e) =>
        new($"The backup {file} was not read or not written to its place: {e.Message}", e);

    private static BackupSummary Check(string file, string database, BackupManifest manifest, bool isRestored)
    {
        if (manifest.Schema > StateSchema.Version)
        {
            throw new BackupException(
                $"The backup {file} was made by a newer Vireo ({manifest.Version}, schema {manifest.Schema}; this one "
                    + $"knows {StateSchema.Version}): use that one."
            );
        }

        try
        {
            using var state = StateFile.Open(database);
            state.Check();
            var read = Recovery.Replay(state, StoreLimits.Default, TimeProvider.System, new(), NullLogger.Instance);
            if (read.State.Revision != manifest.Revision)
            {
                throw StoreException.Damaged(
                    database,
                    $"its revision is {read.State.Revision}, where {manifest.Revision} is expected"
                );
            }

            if (isRestored)
            {
                state.Forget(manifest.Revision + Jump);
                state.Checkpoint(truncates: true);
            }

            var objects = ResourceKinds
                .All.Select(kind => KeyValuePair.Create(kind.GroupResource, read.State[kind].Count))
                .Where(kind => kind.Value > 0)
                .ToDictionary(StringComparer.Ordinal);
            return new(manifest.CreatedAt, manifest.Version, manifest.Revision, objects);
        }
        catch (StoreException e)
        {
            throw new BackupException($"The backup {file} cannot be used. {e.Message}", e);
        }
    }

    private static void PutAside(StateFolder folder, DateTimeOffset now)
    {
        var name = now.UtcDateTime.ToString("'replaced-'yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var aside = System.IO.Path.Combine(folder.Path, name);
        while (Directory.Exists(aside))
        {
            aside += "-";
        }

        Directory.CreateDirectory(aside, StateFolder.OwnerOnly);
        // The state goes first: with keys of its own, or with none, a server must not start on it.
        foreach (var path in (string[])[folder.Database, folder.Database + "-wal", folder.Database + "-shm"])
        {
            if (File.Exists(path))
            {
                File.Move(path, System.IO.Path.Combine(aside, System.IO.Path.GetFileName(path)));
            }
        }

        Directory.Move(folder.Keys, System.IO.Path.Combine(aside, "pki"));
    }

    /// <summary>What an earlier restore left that was cut off, or this one no longer needs.</summary>
    private static void RemoveLeft(StateFolder folder, string database, string keys)
    {
        foreach (var path in Directory.EnumerateFiles(folder.Path, System.IO.Path.GetFileName(database) + "*").ToList())
        {
            File.Delete(path);
        }

        if (Directory.Exists(keys))
        {
            Directory.Delete(keys, recursive: true);
        }
    }
}
