using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vireo.Bench;

/// <summary>Hears from the kernel (fanotify) each time that a program is executed, by whichever process.</summary>
/// <remarks>
/// Exact to well below a millisecond on an idle machine, where the start time in /proc is the fork's and is rounded to
/// 10 ms, and polling would take a core from what is measured.
/// </remarks>
internal sealed partial class ExecWatch : IDisposable
{
    private const int EventBytes = 24;
    private const int CurrentFolder = -100;
    private const uint CloseOnExec = 1;
    private const uint Add = 1;
    private const ulong OpenToExecute = 0x1000;

    private readonly SafeFileHandle _events;
    private readonly ConcurrentDictionary<int, DateTimeOffset> _executed = new();

    private ExecWatch(SafeFileHandle events)
    {
        _events = events;
        new Thread(Listen) { IsBackground = true, Priority = ThreadPriority.AboveNormal }.Start();
    }

    /// <summary>Watches one program.</summary>
    public static ExecWatch Of(string program)
    {
        var events = Checked("fanotify_init", Init(CloseOnExec, 0));
        Checked("fanotify_mark", Mark(events, Add, OpenToExecute, CurrentFolder, program));
        return new(new SafeFileHandle(events, ownsHandle: true));
    }

    /// <summary>When a process executed the program last.</summary>
    public DateTimeOffset TimeOf(int processId) =>
        _executed.TryGetValue(processId, out var at)
            ? at
            : throw new InvalidOperationException($"Process {processId} was not seen to start.");

    public void Dispose() => _events.Dispose();

    private void Listen()
    {
        var buffer = new byte[EventBytes * 64];
        while (!_events.IsClosed)
        {
            var count = (int)Read(_events, buffer, buffer.Length);
            var now = DateTimeOffset.UtcNow;
            if (count <= 0)
            {
                return;
            }

            for (var at = 0; at + EventBytes <= count; at += EventBytes)
            {
                // struct fanotify_event_metadata: length, versions, mask, then the file and the process.
                var file = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(at + 16));
                var process = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(at + 20));
                _executed[process] = now;
                new SafeFileHandle(file, ownsHandle: true).Dispose();
            }
        }
    }

    private static int Checked(string call, int result) =>
        result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{call} failed");

    [LibraryImport("libc", EntryPoint = "fanotify_init", SetLastError = true)]
    private static partial int Init(uint flags, uint eventFlags);

    [LibraryImport(
        "libc",
        EntryPoint = "fanotify_mark",
        SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8
    )]
    private static partial int Mark(int events, uint flags, ulong mask, int folder, string path);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, byte[] buffer, nint count);
}
