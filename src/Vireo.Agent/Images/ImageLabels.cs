namespace Vireo.Agent;

/// <summary>The machine types that images name by a label, read again only when the store's list has changed.</summary>
internal sealed class ImageLabels
{
    private volatile Known? _known;

    /// <summary>The types, by the image's name; none where the list is damaged.</summary>
    /// <param name="list">The store's list.</param>
    /// <param name="machineTypeOf">Reads what an image names; null when it names none.</param>
    public IReadOnlyDictionary<string, string> Of(ImageIndex list, Func<OciDescriptor, string?> machineTypeOf)
    {
        var file = list.Look();
        if (_known is not { } known || known.List != file)
        {
            _known = known = new(file, Read(list, machineTypeOf));
        }

        return known.Types;
    }

    /// <summary>What an image names; null when it names none.</summary>
    /// <remarks>Whose configuration cannot be read names none; its disk may be good all the same.</remarks>
    public static string? MachineTypeOf(OciManifest image, BlobFolder blobs)
    {
        try
        {
            return blobs.Read(image.Config, OciJson.Default.OciConfiguration).MachineType;
        }
        catch (ImageException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> Read(ImageIndex list, Func<OciDescriptor, string?> machineTypeOf)
    {
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var image in list.Read())
            {
                if (image.Name is { } name && machineTypeOf(image) is { } type)
                {
                    types[name] = type;
                }
            }
        }
        catch (ImageException)
        {
            return [];
        }

        return types;
    }

    /// <summary>The machine types of a list of images.</summary>
    private sealed record Known(FileStamp List, IReadOnlyDictionary<string, string> Types);
}
