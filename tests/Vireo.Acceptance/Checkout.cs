namespace Vireo.Acceptance;

/// <summary>The checkout under test and what ./test made of it.</summary>
internal static class Checkout
{
    public static string Root { get; } = FindRoot();

    public static string Program { get; } = Path.Combine(Root, "artifacts", "vireo", "vireo");

    /// <summary>The sample guest: an OCI image layout.</summary>
    public static string TinyGuest { get; } = Path.Combine(Root, "artifacts", "images", "tiny-guest");

    /// <summary>A guest of one boot sector, on a disk.</summary>
    public static string MicroGuest { get; } = Path.Combine(Root, "artifacts", "images", "micro-guest");

    /// <summary>The same on a bootable CD, with a banner of its own.</summary>
    public static string Installer { get; } = Path.Combine(Root, "artifacts", "images", "installer");

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
