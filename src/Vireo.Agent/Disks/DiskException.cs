namespace Vireo.Agent;

/// <summary>A volume cannot be made ready.</summary>
/// <param name="reason">Why, in one word that clients know: ErrImagePull, ImagePullBackOff, InvalidDisk.</param>
/// <param name="message">Why, for a person, naming the volume and what to do.</param>
/// <param name="isTransient">True when trying again later can help.</param>
internal sealed class DiskException(string reason, string message, bool isTransient) : Exception(message)
{
    /// <summary>Why, in one word.</summary>
    public string Reason { get; } = reason;

    /// <summary>True when trying again later can help.</summary>
    public bool IsTransient { get; } = isTransient;
}
