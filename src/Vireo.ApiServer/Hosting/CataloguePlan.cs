namespace Vireo.ApiServer.Hosting;

/// <summary>What is done with one object of the catalogue that the product brings.</summary>
internal enum CatalogueStep
{
    /// <summary>It is somebody's own, or was taken away: it stays so.</summary>
    Leave,

    /// <summary>It is as this version brings it.</summary>
    Keep,

    /// <summary>It is made: no earlier version of the product brought it.</summary>
    Create,

    /// <summary>It is as an earlier version of the product made it, and becomes what it is now.</summary>
    Replace,
}

/// <summary>Decides what becomes of an object that the product brings. What users made of theirs is theirs.</summary>
internal static class CataloguePlan
{
    /// <param name="brought">The fingerprint of the object as this version brings it.</param>
    /// <param name="installed">As it was installed last; null when no version of the product did.</param>
    /// <param name="present">As it is now; null when it is not there.</param>
    public static CatalogueStep Decide(string brought, string? installed, string? present) =>
        (installed, present) switch
        {
            (null, null) => CatalogueStep.Create,
            // Also what was made by a start that was cut off before it was written down.
            _ when present == brought => CatalogueStep.Keep,
            (not null, not null) when present == installed => CatalogueStep.Replace,
            _ => CatalogueStep.Leave,
        };
}
