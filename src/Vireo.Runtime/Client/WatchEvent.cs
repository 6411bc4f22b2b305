using Vireo.Api;

namespace Vireo.Runtime;

/// <summary>One message of a watch.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object after it happened (before, when deleted); null for a bookmark only.</param>
/// <param name="ResourceVersion">Where to watch from to miss nothing after this message.</param>
public sealed record WatchEvent<T>(WatchEventType Type, T? Object, string? ResourceVersion)
    where T : class, IResource;

/// <summary>What a message of a watch tells.</summary>
public enum WatchEventType
{
    /// <summary>An object is there that was not, or began to match the query.</summary>
    Added,

    /// <summary>An object changed.</summary>
    Modified,

    /// <summary>An object is gone, or no longer matches the query.</summary>
    Deleted,

    /// <summary>Nothing happened up to this revision.</summary>
    Bookmark,
}
