using System.IO.Pipes;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Vireo.Agent;

/// <summary>
/// Carries bytes between two sockets without looking at them: the kernel hands their pages on (<c>splice(2)</c>).
/// </summary>
/// <remarks>
/// A guest's memory in plain text goes through two agents. Reading and writing it there would copy it four times more
/// than the hypervisors do when they talk directly.
/// </remarks>
internal static class SocketPump
{
    /// <summary>What is on its way between two sockets; a pipe holds no more unless the host says so.</summary>
    private const int PipeBytes = 1 << 20;

    private const int Interrupted = 4;
    private const int TryAgain = 11;

    /// <summary>Returns when one side has ended and all that it sent is passed on; then closes both.</summary>
    /// <param name="first">One side.</param>
    /// <param name="second">The other.</param>
    /// <param name="ct">Ends both.</param>
    public static async Task RunAsync(Socket first, Socket second, CancellationToken ct)
    {
        using (first)
        using (second)
        using (ct.Register(End))
        {
            var (forth, back) = (CarryAsync(first, second), CarryAsync(second, first));
            await Task.WhenAny(forth, back);
            End();
            await Task.WhenAll(forth, back);
        }

        void End()
        {
            Shut(first);
            Shut(second);
        }
    }

    /// <summary>On a thread of its own: it waits in the kernel for as long as the guest moves.</summary>
    private static Task CarryAsync(Socket from, Socket to) =>
        Task.Factory.StartNew(
            () => Carry(from, to),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    private static void Carry(Socket from, Socket to)
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None, PipeBytes);
        while (Take(from, pipe) is > 0 and var held)
        {
            while (held > 0)
            {
                if (Give(pipe, to, held) is not (> 0 and var given))
                {
                    return;
                }

                held -= given;
            }
        }
    }

    private static nint Take(Socket from, AnonymousPipeServerStream pipe) =>
        Move(from, SelectMode.SelectRead, () => Splice(from.SafeHandle, 0, pipe.SafePipeHandle, 0, PipeBytes, 0));

    private static nint Give(AnonymousPipeServerStream pipe, Socket to, nint count) =>
        Move(to, SelectMode.SelectWrite, () => Splice(pipe.ClientSafePipeHandle, 0, to.SafeHandle, 0, count, 0));

    /// <summary>How many bytes were moved; 0 at the end, or less when the socket is broken.</summary>
    private static nint Move(Socket socket, SelectMode ready, Func<nint> splice)
    {
        while (true)
        {
            var count = splice();
            if (count >= 0)
            {
                return count;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted:
                    break;
                case TryAgain:
                    socket.Poll(Timeout.InfiniteTimeSpan, ready);
                    break;
                default:
                    return count;
            }
        }
    }

    /// <summary>Wakes who waits on it.</summary>
    private static void Shut(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The other side was faster.
        }
    }

    // LibraryImport needs unsafe code, which only the bindings hold; handles and integers need none.
#pragma warning disable SYSLIB1054
    [DllImport("libc", EntryPoint = "splice", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Splice(
        SafeHandle from,
        nint fromOffset,
        SafeHandle to,
        nint toOffset,
        nint count,
        uint flags
    );
#pragma warning restore SYSLIB1054
}
