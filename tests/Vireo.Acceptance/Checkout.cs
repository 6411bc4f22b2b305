namespace Vireo.Acceptance;

/// <summary>The checkout under test and what ./test made of it.</summary>
internal static class Checkout
{
    public static string Root { get; } = FindRoot();

    public static string Program { get; } = Path.Combine(Root, "artifacts", "vireo", "vireo");

    /// <summary>The sample guest: an OCI image layout.</summary>
    public static string TinyGuest { get; } = Path.Combine(Root, "artifacts", "images", "tiny-guest");

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Vireo.slnx")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException("The tests do not run from a checkout: no Vireo.slnx above them.");
    }
}
