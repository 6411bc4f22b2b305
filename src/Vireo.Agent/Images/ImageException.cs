namespace Vireo.Agent;

/// <summary>An image cannot be had, or is not what it should be.</summary>
/// <param name="message">Why, for a person, naming the image or file and what to do.</param>
/// <param name="isTransient">True when trying again later can help.</param>
/// <param name="inner">What the host said.</param>
public sealed class ImageException(string message, bool isTransient, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>True when trying again later can help.</summary>
    public bool IsTransient { get; } = isTransient;
}
