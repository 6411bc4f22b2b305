namespace Vireo.Agent;

/// <summary>What a guest asks a terminal: where its cursor is, and what it is.</summary>
/// <remarks>
/// A terminal answers such a question whenever it is shown, as if the answer were typed. Of the past it is not shown
/// again: the guest would take the answer for input. A question that a read cuts in two is shown; that is rare.
/// </remarks>
internal static class TerminalQueries
{
    private const byte Escape = 0x1b;

    /// <summary>Takes them out in place.</summary>
    /// <returns>How many bytes are left.</returns>
    public static int Remove(Span<byte> output)
    {
        var kept = 0;
        for (var at = 0; at < output.Length; )
        {
            var length = LengthAt(output[at..]);
            if (length == 0)
            {
                output[kept++] = output[at++];
            }

            at += length;
        }

        return kept;
    }

    /// <summary>ESC [, parameters, and n (device status) or c (device attributes).</summary>
    private static int LengthAt(ReadOnlySpan<byte> output)
    {
        if (output is not [Escape, (byte)'[', .. var rest])
        {
            return 0;
        }

        var end = rest.IndexOfAnyExceptInRange((byte)0x20, (byte)0x3f);
        return end >= 0 && rest[end] is (byte)'n' or (byte)'c' ? end + 3 : 0;
    }
}
