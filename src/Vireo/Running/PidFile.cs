using System.Globalization;

namespace Vireo.Running;

/// <summary>Says which process runs on a state folder, and keeps a second one away from it.</summary>
internal sealed class PidFile : IDisposable
{
    private const string FileName = "vireo.pid";

    private readonly FileStream _file;

    private PidFile(FileStream file) => _file = file;

    /// <summary>Takes the state folder for this process.</summary>
    /// <exception cref="StartException">The folder cannot be written, or another process has it.</exception>
    public static PidFile Take(string stateFolder)
    {
        try
        {
            Directory.CreateDirectory(stateFolder);
            var path = Path.Combine(stateFolder, FileName);
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            file.Flush();
            return new PidFile(file);
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
        var path = Path.Combine(stateFolder, FileName);
        try
        {
            using var free = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read);
            return null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            using var reader = new StreamReader(
                new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)
            );
            return int.TryParse(reader.ReadToEnd(), CultureInfo.InvariantCulture, out var id) ? id : null;
        }
    }

    public void Dispose() => _file.Dispose();
}
