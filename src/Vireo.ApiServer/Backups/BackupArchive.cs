using System.Formats.Tar;
using System.Security.Cryptography;

namespace Vireo.ApiServer.Backups;

/// <summary>
/// The form of a backup: a tar archive of the state, the keys, and last a file that says what they are.
/// </summary>
internal static class BackupArchive
{
    public const string Manifest = "backup.json";

    private const string Database = "vireo.db";
    private const string Keys = "pki/";
    private const int LongestManifest = 1 << 20;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes an archive.</summary>
    /// <param name="output">Where it goes; it stays open.</param>
    /// <param name="database">A copy of the state that nobody changes.</param>
    /// <param name="keys">The folder of the keys.</param>
    /// <param name="head">What is known of it but the digests.</param>
    /// <param name="ct">Ends the writing: what is written is not whole then.</param>
    public static async Task WriteAsync(
        Stream output,
        string database,
        string keys,
        BackupManifest head,
        CancellationToken ct
    )
    {
        await using var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        var files = Directory.EnumerateFiles(keys).Order(StringComparer.Ordinal);
        foreach (var path in files.Prepend(database))
        {
            var name = path == database ? Database : Keys + Path.GetFileName(path);
            await using var content = File.OpenRead(path);
            digests[name] = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, ct));
            content.Position = 0;
            await WriteAsync(tar, name, content, head.CreatedAt, ct);
        }

        using var manifest = new MemoryStream((head with { Digests = digests }).ToBytes());
        await WriteAsync(tar, Manifest, manifest, head.CreatedAt, ct);
    }

    /// <summary>Unpacks an archive, and finds that each file is as it was when the archive was made.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="database">Where the state goes; not there yet.</param>
    /// <param name="keys">The folder where the keys go; not there yet.</param>
    /// <param name="ct">Ends the reading.</param>
    /// <exception cref="BackupException">It is no backup, or not whole.</exception>
    public static async Task<BackupManifest> ExtractAsync(
        string archive,
        string database,
        string keys,
        CancellationToken ct
    )
    {
        try
        {
            Directory.CreateDirectory(keys, OwnerOnly | UnixFileMode.UserExecute);
            await using var input = File.OpenRead(archive);
            await using var tar = new TarReader(input);
            var found = new Dictionary<string, string>(StringComparer.Ordinal);
            while (await tar.GetNextEntryAsync(copyData: false, ct) is { } entry)
            {
                var content = entry.DataStream ?? Stream.Null;
                if (entry.Name == Manifest)
                {
                    var manifest = BackupManifest.Read(await ReadAsync(content, ct));
                    return IsAll(manifest, found)
                        ? manifest
                        : throw new FormatException("its files are not those that it was made of");
                }

                var path = PathOf(entry, database, keys);
                if (!found.TryAdd(entry.Name, await WriteAsync(path, content, ct)))
                {
                    throw new FormatException($"{entry.Name} is in it twice");
                }
            }

            throw new FormatException("its end is missing");
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or EndOfStreamException)
        {
            throw new BackupException(
                $"{archive} is no whole backup of Vireo: {e.Message.TrimEnd('.')}. Use another one.",
                e
            );
        }
    }

    private static Task WriteAsync(
        TarWriter tar,
        string name,
        Stream content,
        DateTimeOffset time,
        CancellationToken ct
    ) =>
        tar.WriteEntryAsync(
            new PaxTarEntry(TarEntryType.RegularFile, name)
            {
                DataStream = content,
                Mode = OwnerOnly,
                ModificationTime = time,
            },
            ct
        );

    /// <summary>Writes a file that only its owner may read, and tells its digest.</summary>
    private static async Task<string> WriteAsync(string path, Stream content, CancellationToken ct)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            UnixCreateMode = OwnerOnly,
        };
        await using var file = new FileStream(path, options);
        await content.CopyToAsync(file, ct);
        file.Flush(flushToDisk: true);
        file.Position = 0;
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct));
    }

    private static async Task<byte[]> ReadAsync(Stream content, CancellationToken ct)
    {
        if (content.Length > LongestManifest)
        {
            throw new FormatException($"{Manifest} in it is too long");
        }

        var bytes = new byte[content.Length];
        await content.ReadExactlyAsync(bytes, ct);
        return bytes;
    }

    /// <summary>Nothing in an archive says where on this machine it goes: names are those that backups have.</summary>
    private static string PathOf(TarEntry entry, string database, string keys)
    {
        if (entry.EntryType is TarEntryType.RegularFile)
        {
            if (entry.Name == Database)
            {
                return database;
            }

            if (entry.Name.StartsWith(Keys, StringComparison.Ordinal) && entry.Name[Keys.Length..] is var name)
            {
                if (name is not ("" or "." or "..") && Path.GetFileName(name) == name)
                {
                    return Path.Combine(keys, name);
                }
            }
        }

        throw new FormatException($"a backup has no \"{entry.Name}\"");
    }

    private static bool IsAll(BackupManifest manifest, Dictionary<string, string> found) =>
        found.ContainsKey(Database)
        && found.Count == manifest.Digests.Count
        && found.All(file => manifest.Digests.TryGetValue(file.Key, out var digest) && digest == file.Value);
}
