using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What must hold for a guest's memory to change while it runs.</summary>
internal static class MemoryHotplug
{
    /// <summary>Memory comes and goes in pieces of this size, in bytes.</summary>
    public const long Block = 2 * 1024 * 1024;

    /// <summary>Why memory of these sizes cannot change, in KubeVirt's words; null when it can.</summary>
    /// <param name="guest">What the guest has or is to have.</param>
    /// <param name="maxGuest">The most it can have.</param>
    /// <param name="architecture">The guest's architecture.</param>
    public static string? WhyNot(Quantity? guest, Quantity? maxGuest, string? architecture) =>
        (guest, maxGuest) switch
        {
            (null, _) => "Guest memory must be configured when memory hotplug is enabled",
            (_, null) => "Max guest memory must be configured when memory hotplug is enabled",
            _ when guest > maxGuest => "Guest memory is greater than the configured maxGuest memory",
            _ when !IsAligned(guest.Value) => "Guest memory must be 2Mi aligned",
            _ when !IsAligned(maxGuest.Value) => "MaxGuest must be 2Mi aligned",
            _ when architecture != "amd64" => "Memory hotplug is only available for x86_64 VMs",
            _ => null,
        };

    /// <summary>True when an amount is a whole number of blocks.</summary>
    public static bool IsAligned(Quantity amount) =>
        amount.Value % Block == 0 && Quantity.FromBytes(amount.Value) == amount;
}
