namespace Vireo.ApiServer.Auditing;

/// <summary>The file of the audit log, and those put aside: <c>audit.log.1</c> and on, the newest first.</summary>
internal sealed class AuditFile : IDisposable
{
    private readonly AuditOptions _options;
    private FileStream _file;

    public AuditFile(AuditOptions options)
    {
        _options = options;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Path))!);
        _file = Open();
    }

    public void Add(ReadOnlySpan<byte> line)
    {
        if (_file.Length > 0 && _file.Length + line.Length > _options.MaxBytes)
        {
            PutAside();
        }

        _file.Write(line);
    }

    public void Flush() => _file.Flush();

    public void Dispose() => _file.Dispose();

    private void PutAside()
    {
        _file.Dispose();
        File.Delete(Aside(_options.MaxBackups));
        for (var number = _options.MaxBackups - 1; number >= 1; number--)
        {
            if (File.Exists(Aside(number)))
            {
                File.Move(Aside(number), Aside(number + 1), overwrite: true);
            }
        }

        if (_options.MaxBackups > 0)
        {
            File.Move(_options.Path, Aside(1), overwrite: true);
        }
        else
        {
            File.Delete(_options.Path);
        }

        _file = Open();
    }

    private string Aside(int number) => $"{_options.Path}.{number}";

    private FileStream Open()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(_options.Path, options);
    }
}
