using System.Diagnostics;
using System.Runtime.InteropServices;
using Vireo.Running;

namespace Vireo.Streams;

/// <summary>
/// The terminal while every key goes to a guest: no line editing, no echo, no signals. It is given back as it was on
/// every way out, a signal included.
/// </summary>
internal sealed class RawTerminal : IDisposable
{
    private readonly string _before;
    private readonly PosixSignalRegistration _hangUp;
    private int _isGivenBack;

    private RawTerminal(string before)
    {
        _before = before;
        AppDomain.CurrentDomain.ProcessExit += GiveBack;
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, _ => GiveBack(this, EventArgs.Empty));
    }

    /// <summary>Takes the terminal on standard input; null when there is none there.</summary>
    public static RawTerminal? Take()
    {
        if (Console.IsInputRedirected || Stty("-g") is not { Length: > 0 } before)
        {
            return null;
        }

        var terminal = new RawTerminal(before);
        Stty("raw", "-echo");
        return terminal;
    }

    public void Dispose()
    {
        GiveBack(this, EventArgs.Empty);
        AppDomain.CurrentDomain.ProcessExit -= GiveBack;
        _hangUp.Dispose();
    }

    private void GiveBack(object? sender, EventArgs e)
    {
        if (Interlocked.Exchange(ref _isGivenBack, 1) == 0)
        {
            Stty(_before);
        }
    }

    /// <summary>What it prints; it works on the terminal that it inherits as standard input.</summary>
    private static string Stty(params string[] arguments)
    {
        try
        {
            using var stty = Process.Start(
                new ProcessStartInfo("stty", arguments) { RedirectStandardOutput = true, UseShellExecute = false }
            )!;
            var output = stty.StandardOutput.ReadToEnd();
            stty.WaitForExit();
            return output.Trim();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new StartException(
                $"'stty' cannot be run: {e.Message}. Install the package coreutils, or pipe the input.",
                e
            );
        }
    }
}
