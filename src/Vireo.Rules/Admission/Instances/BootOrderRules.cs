using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The order in which devices are tried for booting: one line of disks and interfaces together.</summary>
internal static class BootOrderRules
{
    public static IEnumerable<FieldError> Check(Devices devices, string path)
    {
        var taken = new HashSet<int>();
        foreach (var (field, order) in Orders(devices, path))
        {
            if (order < 1)
            {
                yield return FieldError.Invalid(field, $"{field} must have a boot order > 0, if supplied");
            }
            else if (!taken.Add(order))
            {
                yield return FieldError.Invalid(field, $"Boot order for {field} already set for a different device.");
            }
        }
    }

    private static IEnumerable<(string Field, int Order)> Orders(Devices devices, string path) =>
        (devices.Disks ?? [])
            .Select((disk, index) => ($"{path}.disks[{index}].bootOrder", disk.BootOrder))
            .Concat(
                (devices.Interfaces ?? []).Select(
                    (one, index) => ($"{path}.interfaces[{index}].bootOrder", one.BootOrder)
                )
            )
            .Where(entry => entry.BootOrder is not null)
            .Select(entry => (entry.Item1, entry.BootOrder!.Value));
}
