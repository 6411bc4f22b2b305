using Vireo.Libvirt.Native;
using static Vireo.Libvirt.Native.NativeMethods;

namespace Vireo.Libvirt.Events;

/// <summary>
/// libvirt's event loop: one for the process, on one thread of its own, from the first connection on.
/// </summary>
/// <remarks>
/// libvirt knows one loop only, it must be there before the first connection, and it cannot be taken back; so it is
/// not an
/// object. Callbacks run on its thread, where a call to libvirt that waits for an answer would wait for itself.
/// </remarks>
internal static class LibvirtEventLoop
{
    private static readonly Lock s_gate = new();
    private static bool s_running;

    public static void EnsureRunning()
    {
        lock (s_gate)
        {
            if (s_running)
            {
                return;
            }

            LibvirtLibrary.Require(LibvirtLibrary.LibvirtSo);
            LibvirtLibrary.Require(LibvirtLibrary.QemuSo);
            Check.Succeeded(virInitialize());
            virSetErrorFunc(0, Callbacks.SilentError);
            Check.Succeeded(virEventRegisterDefaultImpl());
            new Thread(Run) { IsBackground = true, Name = "libvirt events" }.Start();
            s_running = true;
        }
    }

    /// <remarks>
    /// One turn fails only where the loop was never registered. That is a bug, and a process that goes on without its
    /// loop would be deaf and then cut off by keepalive: so it ends loudly.
    /// </remarks>
    private static void Run()
    {
        while (true)
        {
            Check.Succeeded(virEventRunDefaultImpl());
        }
    }
}
