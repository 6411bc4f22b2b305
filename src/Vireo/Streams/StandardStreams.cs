using Microsoft.Win32.SafeHandles;

namespace Vireo.Streams;

/// <summary>Standard input and output as plain bytes: the console's own input edits lines.</summary>
internal static class StandardStreams
{
    public static Stream OpenInput() => new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, 0);

    public static Stream OpenOutput() => Console.OpenStandardOutput();
}
