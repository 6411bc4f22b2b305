namespace Vireo.Api;

/// <summary>The most entries a list may have.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MaxItemsAttribute(int count) : Attribute
{
    /// <summary>How many.</summary>
    public int Count { get; } = count;
}

/// <summary>The most bytes (UTF-8) a text may have.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MaxBytesAttribute(int bytes) : Attribute
{
    /// <summary>How many.</summary>
    public int Bytes { get; } = bytes;
}

/// <summary>The text, or each text of the map, is bytes in base64.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class Base64Attribute : Attribute;
