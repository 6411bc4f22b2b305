using Microsoft.Win32.SafeHandles;

namespace Vireo.Agent;

/// <summary>What a guest wrote to its serial console: a file that QEMU appends to and the agent keeps short.</summary>
/// <remarks>
/// Positions count from the start of the older part, if there is one, and go on rising when the file is cut: a reader
/// that keeps its position misses nothing and reads nothing twice.
/// </remarks>
/// <param name="path">The file; beside it the part that was cut off last, as <c>.old</c>.</param>
internal sealed class ConsoleLog(string path) : IDisposable
{
    private readonly Lock _gate = new();
    private SafeFileHandle? _file;
    private long? _base;

    /// <summary>Where the part is that was cut off last.</summary>
    public string OldPath { get; } = path + ".old";

    /// <summary>Where what is read next of the newest bytes begins: at a line's start where there is one.</summary>
    /// <param name="bytes">How many at most.</param>
    public long Tail(int bytes)
    {
        lock (_gate)
        {
            var end = Base() + Length(path);
            var from = Math.Max(Base() - Length(OldPath), end - bytes);
            return from <= Base() - Length(OldPath) ? from : NextLine(from - 1, end) ?? from;
        }
    }

    /// <summary>Reads on from a position; 0 when there is no more yet.</summary>
    /// <param name="position">Where to read; moved behind what was read.</param>
    /// <param name="buffer">Where to put it.</param>
    public int Read(ref long position, Span<byte> buffer)
    {
        lock (_gate)
        {
            return ReadLocked(ref position, buffer);
        }
    }

    /// <summary>
    /// What the guest wrote before its console was in this file, on another host: it is read before the rest.
    /// </summary>
    public void Inherit(ReadOnlySpan<byte> earlier)
    {
        lock (_gate)
        {
            // Positions that readers have stay what they are: the older part grows at its beginning.
            _base = Base();
            var draft = OldPath + ".new";
            using (var old = File.OpenHandle(draft, FileMode.Create, FileAccess.Write))
            {
                RandomAccess.Write(old, earlier, fileOffset: 0);
            }

            File.Move(draft, OldPath, overwrite: true);
        }
    }

    /// <summary>The newest bytes, from a line's start.</summary>
    public byte[] ReadTail(int bytes)
    {
        var position = Tail(bytes);
        using var tail = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (tail.Length < bytes && Read(ref position, buffer) is > 0 and var count)
        {
            tail.Write(buffer, 0, (int)Math.Min(count, bytes - tail.Length));
        }

        return tail.ToArray();
    }

    /// <summary>
    /// Cuts the file when it has grown too long: its newest part is kept beside it. What the guest writes in the moment
    /// between the two is lost to later readers, which is the price of QEMU never being asked.
    /// </summary>
    /// <param name="limit">The longest it may be, in bytes.</param>
    /// <param name="kept">How much of it stays, in bytes.</param>
    /// <returns>True when it was cut.</returns>
    public bool Trim(long limit, int kept)
    {
        lock (_gate)
        {
            if (Length(path) <= limit)
            {
                return false;
            }

            var draft = OldPath + ".new";
            using (var log = Open(path, FileAccess.ReadWrite))
            using (var old = File.OpenHandle(draft, FileMode.Create, FileAccess.Write))
            {
                var from = Math.Max(0, RandomAccess.GetLength(log) - kept);
                var copied = Copy(log, from, old);
                RandomAccess.SetLength(log, 0);
                _base = Base() + from + copied;
            }

            File.Move(draft, OldPath, overwrite: true);
            return true;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            Close();
        }
    }

    private int ReadLocked(ref long position, Span<byte> buffer)
    {
        var start = Base();
        var oldStart = start - Length(OldPath);
        if (position < start)
        {
            // A reader that was slower than two cuts goes on with the oldest there is.
            position = Math.Max(position, oldStart);
            var count = ReadOld(position - oldStart, buffer);
            position = count > 0 ? position + count : start;
            if (count > 0)
            {
                return count;
            }
        }

        var read = ReadFile(position - start, buffer);
        if (read == 0 && File.Exists(path) && Length(path) < position - start)
        {
            // Somebody else cut or replaced the file: what is in it now is new.
            _base = position;
            Close();
            read = ReadFile(0, buffer);
        }

        position += read;
        return read;
    }

    /// <summary>From the file as it was first opened: its end can be read even when its folder is gone.</summary>
    private int ReadFile(long offset, Span<byte> buffer)
    {
        try
        {
            _file ??= Open(path, FileAccess.Read);
            return RandomAccess.Read(_file, buffer, offset);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return 0;
        }
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    /// <summary>The position of the file's first byte.</summary>
    private long Base() => _base ??= Length(OldPath);

    /// <summary>Behind the first line's end from there on; null when there is none.</summary>
    private long? NextLine(long from, long end)
    {
        Span<byte> buffer = stackalloc byte[4096];
        var position = from;
        while (position < end && ReadLocked(ref position, buffer) is > 0 and var count)
        {
            if (buffer[..count].IndexOf((byte)'\n') is >= 0 and var newline)
            {
                return position - count + newline + 1;
            }
        }

        return null;
    }

    private static long Copy(SafeFileHandle log, long from, SafeFileHandle old)
    {
        var buffer = new byte[128 * 1024];
        var copied = 0L;
        while (RandomAccess.Read(log, buffer, from + copied) is > 0 and var count)
        {
            RandomAccess.Write(old, buffer.AsSpan(0, count), copied);
            copied += count;
        }

        return copied;
    }

    private int ReadOld(long offset, Span<byte> buffer)
    {
        try
        {
            using var file = Open(OldPath, FileAccess.Read);
            return RandomAccess.Read(file, buffer, offset);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return 0;
        }
    }

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static SafeFileHandle Open(string path, FileAccess access) =>
        File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
}
