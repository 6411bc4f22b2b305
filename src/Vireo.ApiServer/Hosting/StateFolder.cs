using System.Globalization;

namespace Vireo.ApiServer.Hosting;

/// <summary>The folder that holds all the server remembers. One server at a time has it.</summary>
internal sealed class StateFolder : IDisposable
{
    /// <summary>The layout this program writes and reads.</summary>
    private const int Version = 1;

    private const string Copies = "copy-";

    /// <summary>How every folder in it is made.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    private StateFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, "vireo.db");

    public string Keys => System.IO.Path.Combine(Path, "pki");

    /// <summary>Signs the tokens of service accounts.</summary>
    public string TokenKey => System.IO.Path.Combine(Keys, "service-accounts.key");

    public string Kubeconfig => System.IO.Path.Combine(Path, "admin.kubeconfig");

    /// <summary>A file for a copy of the state that is worth nothing once its maker is gone.</summary>
    public string NewCopy() => System.IO.Path.Combine(Path, $"{Copies}{Guid.NewGuid():N}.db");

    /// <summary>Takes the folder, and makes it when it is not there.</summary>
    /// <exception cref="ApiServerStartException">Not writable, in use, or of a newer version.</exception>
    public static StateFolder Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            MakePrivate(full);
            MakePrivate(System.IO.Path.Combine(full, "pki"));
            var folder = new StateFolder(full, Lock(full));
            try
            {
                CheckVersion(full);
                RemoveCopies(full);
                return folder;
            }
            catch
            {
                folder.Dispose();
                throw;
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ApiServerStartException(
                $"The state folder {full} cannot be written ({fault.Message.TrimEnd('.')}): give this user the right to "
                    + "write there, or choose another folder.",
                fault
            );
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Writes a file that only its owner may read, whole or not at all.</summary>
    public static void WriteSecret(string path, string text)
    {
        var fresh = path + ".new";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(fresh, options))
        {
            writer.Write(text);
        }

        File.Move(fresh, path, overwrite: true);
    }

    private static void MakePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly);
        }
    }

    /// <summary>What a server that was killed left.</summary>
    private static void RemoveCopies(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, Copies + "*").ToList())
        {
            File.Delete(path);
        }
    }

    private static FileStream Lock(string folder)
    {
        var path = System.IO.Path.Combine(folder, "lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException held) when (File.Exists(path) && held is not (FileNotFoundException or PathTooLongException))
        {
            throw new ApiServerStartException(
                $"The state folder {folder} is in use by another vireo: stop that one, or choose another folder.",
                held
            );
        }
    }

    private static void CheckVersion(string folder)
    {
        var path = System.IO.Path.Combine(folder, "version");
        if (!File.Exists(path))
        {
            WriteSecret(path, $"{Version}\n");
            return;
        }

        var text = File.ReadAllText(path).Trim();
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var found))
        {
            throw new ApiServerStartException(
                $"{path} holds \"{text}\" where a number is expected: restore the file, or choose another folder."
            );
        }

        if (found > Version)
        {
            throw new ApiServerStartException(
                $"The state folder {folder} was written by a newer Vireo (layout {found}, this program knows {Version}): "
                    + "run that version, or choose another folder."
            );
        }
    }
}
