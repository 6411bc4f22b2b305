using System.Globalization;
using Vireo.Api;

namespace Vireo.Clusters;

/// <summary>A disk from a container image, as virtctl lets people write it.</summary>
/// <param name="Name">The name of disk and volume.</param>
/// <param name="Image">The image.</param>
/// <param name="BootOrder">When it is tried for booting; null when nothing is said.</param>
internal sealed record ContainerDiskText(string Name, string Image, int? BootOrder)
{
    public Volume Volume =>
        new()
        {
            Name = Name,
            ContainerDisk = new() { Image = Image },
        };

    public Disk Disk => new() { Name = Name, BootOrder = BootOrder };

    /// <summary>Reads <c>src:IMAGE[,name:NAME][,bootorder:N]</c>, once for each disk.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static IReadOnlyList<ContainerDiskText> Parse(IReadOnlyList<string> texts) => [.. texts.Select(Parse)];

    private static ContainerDiskText Parse(string text, int index)
    {
        var (image, name, order) = ((string?)null, $"containerdisk-{index}", (int?)null);
        foreach (var part in text.Split(','))
        {
            // An image's name has colons of its own.
            switch (part.Split(':', 2))
            {
                case ["src", { Length: > 0 } value]:
                    image = value;
                    break;
                case ["name", { Length: > 0 } value]:
                    name = value;
                    break;
                case ["bootorder", var value]
                    when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                        && number > 0:
                    order = number;
                    break;
                default:
                    throw Wrong(text);
            }
        }

        return new(name, image ?? throw Wrong(text), order);
    }

    private static UsageException Wrong(string text) =>
        new($"--volume-containerdisk '{text}': write src:IMAGE[,name:NAME][,bootorder:N].");
}
