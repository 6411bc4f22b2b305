using System.Globalization;

namespace Vireo.Running;

/// <summary>Says which process runs on a state folder, and keeps a second one away from it.</summary>
internal sealed class PidFile : IDisposable
{
    private const string FileName = "vireo.pid";
    private const string LockName = "vireo.lock";

    private readonly FileStream _lock;

    private PidFile(FileStream held) => _lock = held;

    /// <summary>Takes the state folder for this process.</summary>
    /// <exception cref="StartException">The folder cannot be written, or another process has it.</exception>
    public static PidFile Take(string stateFolder)
    {
        try
        {
            Directory.CreateDirectory(stateFolder);
            var held = Hold(stateFolder);
            var id = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            File.WriteAllText(Path.Combine(stateFolder, FileName), id);
            return new PidFile(held);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException(
                ReadRunning(stateFolder) is { } other
                    ? $"Vireo already runs on the state folder '{stateFolder}' (process {other}). Stop it with 'vireo down', "
                        + "or name another folder with --state-dir."
                    : $"The state folder '{stateFolder}' cannot be written: {e.Message} Name another with --state-dir.",
                e
            );
        }
    }

    /// <summary>The process that has the folder; null when none has.</summary>
    public static int? ReadRunning(string stateFolder)
    {
        try
        {
            if (File.Exists(Path.Combine(stateFolder, LockName)))
            {
                using var free = Hold(stateFolder);
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var path = Path.Combine(stateFolder, FileName);
            return File.Exists(path) && int.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture, out var id)
                ? id
                : null;
        }
    }

    /// <summary>The lock goes with the process, however it ends: a file that only names a process may lie.</summary>
    private static FileStream Hold(string stateFolder) =>
        new(Path.Combine(stateFolder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    public void Dispose() => _lock.Dispose();
}
