using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Tells what the machine type that a preference names is to a machine that is given the preference.</summary>
public static class PreferredMachineType
{
    /// <summary>A sentence for a person; null when the machine has what is preferred, or nothing is.</summary>
    /// <remarks>
    /// A preference fills in what nobody said: the template, the image, and what the guest booted with before come
    /// first.
    /// </remarks>
    /// <param name="machine">The machine, as it is without the preference.</param>
    /// <param name="preferred">What the preference names; null when it names none.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    public static string? Tell(VirtualMachine machine, string? preferred, KubeVirtConfiguration configuration)
    {
        if (string.IsNullOrEmpty(preferred))
        {
            return null;
        }

        return MachineTypeRecords.ForNextBoot(machine, configuration) switch
        {
            null => $"its machine type is {preferred} from its first boot on, unless its image names another",
            var present when IsMeant(preferred, present) => null,
            var present =>
                $"its machine type stays {present}: {preferred}, which the preference names, is for guests that "
                    + $"never booted; 'vireo machine-type set {machine.Metadata.Name} {preferred}' changes it",
        };
    }

    private static bool IsMeant(string preferred, string present) =>
        preferred == present
        || (
            MachineType.Parse(preferred) is { IsAlias: true } alias
            && MachineType.Parse(present) is { } type
            && type.Family == alias.Family
        );
}
