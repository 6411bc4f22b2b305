using System.Collections.Concurrent;

namespace Vireo.Libvirt.Events;

/// <summary>Maps the number that libvirt carries for a callback to the object it is for.</summary>
/// <remarks>
/// Not a <c>GCHandle</c>: a callback may already be on its way when its registration is taken back, and a driver
/// without
/// the callback never calls the function that would free the handle. A number that is not in the table any more is
/// simply
/// nobody's.
/// </remarks>
internal static class CallbackTargets
{
    private static readonly ConcurrentDictionary<nint, object> s_targets = new();
    private static long s_last;

    public static nint Add(object target)
    {
        var token = (nint)Interlocked.Increment(ref s_last);
        s_targets[token] = target;
        return token;
    }

    public static T? Find<T>(nint token)
        where T : class => s_targets.GetValueOrDefault(token) as T;

    public static void Remove(nint token) => s_targets.TryRemove(token, out _);
}
