namespace Vireo.Agent;

/// <summary>What images say by their labels, read again only when the store's list has changed.</summary>
internal sealed class ImageLabels<T>
    where T : class
{
    private volatile Known? _known;

    /// <summary>What they say, by the image's name; nothing where the list is damaged.</summary>
    /// <param name="list">The store's list.</param>
    /// <param name="saysOf">Reads what an image says; null when it says nothing.</param>
    public IReadOnlyDictionary<string, T> Of(ImageIndex list, Func<OciDescriptor, T?> saysOf)
    {
        var file = list.Look();
        if (_known is not { } known || known.List != file)
        {
            _known = known = new(file, Read(list, saysOf));
        }

        return known.Says;
    }

    private static Dictionary<string, T> Read(ImageIndex list, Func<OciDescriptor, T?> saysOf)
    {
        var says = new Dictionary<string, T>(StringComparer.Ordinal);
        try
        {
            foreach (var image in list.Read())
            {
                if (image.Name is { } name && saysOf(image) is { } one)
                {
                    says[name] = one;
                }
            }
        }
        catch (ImageException)
        {
            return [];
        }

        return says;
    }

    /// <summary>What the images of a list say.</summary>
    private sealed record Known(FileStamp List, IReadOnlyDictionary<string, T> Says);
}
