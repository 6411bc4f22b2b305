using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using static Vireo.Libvirt.Native.NativeMethods;

namespace Vireo.Libvirt.Native;

/// <summary>
/// Turns libvirt's return codes into <see cref="LibvirtException"/>, and takes over what it allocates.
/// </summary>
/// <remarks>
/// libvirt keeps the last error per thread, so a call and its check stay in one synchronous method: an <c>await</c>
/// between them may read another call's error. The call's name in the error is taken from the argument as written, so
/// the
/// argument is always the call itself.
/// </remarks>
internal static unsafe class Check
{
    public static int Succeeded(int result, [CallerArgumentExpression(nameof(result))] string call = "") =>
        result >= 0 ? result : throw LastError(call);

    public static T Valid<T>(T handle, [CallerArgumentExpression(nameof(handle))] string call = "")
        where T : SafeHandle => ValidUnless(handle, ErrorCode.Ok, call)!;

    /// <summary>Like <see cref="Valid"/>, but the one error that means "there is none" becomes null.</summary>
    public static T? ValidUnless<T>(
        T handle,
        ErrorCode absent,
        [CallerArgumentExpression(nameof(handle))] string call = ""
    )
        where T : SafeHandle
    {
        if (!handle.IsInvalid)
        {
            return handle;
        }

        // The error is read first: disposing must not have the chance to change it.
        var error = LastError(call);
        handle.Dispose();
        return absent != ErrorCode.Ok && error.Code == absent ? null : throw error;
    }

    /// <summary>Reads and frees a string that libvirt allocated for us.</summary>
    public static string OwnedText(nint text, [CallerArgumentExpression(nameof(text))] string call = "") =>
        text != 0 ? TakeText(text) : throw LastError(call);

    /// <summary>Like <see cref="OwnedText"/>, but the one error that means "there is none" becomes null.</summary>
    public static string? OwnedTextUnless(
        nint text,
        ErrorCode absent,
        [CallerArgumentExpression(nameof(text))] string call = ""
    )
    {
        if (text != 0)
        {
            return TakeText(text);
        }

        var error = LastError(call);
        return error.Code == absent ? null : throw error;
    }

    /// <summary>Text inside a fixed-size C array.</summary>
    public static string FixedText(ReadOnlySpan<byte> bytes) =>
        Encoding.UTF8.GetString(bytes.IndexOf((byte)0) is >= 0 and var end ? bytes[..end] : bytes);

    public static LibvirtException LastError(string call)
    {
        var name = call.IndexOf('(', StringComparison.Ordinal) is > 0 and var end ? call[..end] : call;
        var error = virGetLastError();
        return error == null
            ? new(name, ErrorCode.Ok, ErrorDomain.None, "it failed and libvirt does not say why")
            : new(
                name,
                (ErrorCode)error->Code,
                (ErrorDomain)error->Domain,
                Marshal.PtrToStringUTF8(error->Message) ?? $"error {error->Code}, without a message"
            );
    }

    private static string TakeText(nint text)
    {
        var result = Marshal.PtrToStringUTF8(text)!;
        NativeMemory.Free((void*)text);
        return result;
    }
}
