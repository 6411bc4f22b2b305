namespace Vireo.Bench;

/// <summary>One reboot from inside a guest that ends its QEMU; times in milliseconds from the guest's reboot.</summary>
/// <param name="Exec">Until the next QEMU was executed.</param>
/// <param name="Running">Until the new guest was told to run.</param>
internal sealed record Reboot(double Exec, double Running);
