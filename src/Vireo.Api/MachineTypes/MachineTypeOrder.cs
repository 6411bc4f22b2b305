namespace Vireo.Api;

/// <summary>How one machine type stands to another.</summary>
public enum MachineTypeOrder
{
    /// <summary>They cannot be compared: another family, another vendor, another variant, or no version.</summary>
    NotComparable,

    /// <summary>The first is older than the second.</summary>
    Older,

    /// <summary>Both are the same version of the same machine.</summary>
    Same,

    /// <summary>The first is newer than the second.</summary>
    Newer,
}
