namespace Vireo.Bench;

/// <summary>One start of a VM through the API; times in milliseconds from when the request was sent.</summary>
/// <param name="HandOver">Until Vireo had done its part and called libvirt.</param>
/// <param name="Exec">Until QEMU was executed.</param>
/// <param name="Running">Until a watch told of the phase Running.</param>
/// <param name="Writes">Writes to the API that it took, beside the user's own: statuses, the instance, events.</param>
internal sealed record VmStart(double HandOver, double Exec, double Running, int Writes);

/// <summary>One start of the same guest by virsh; times in milliseconds from when virsh was started.</summary>
/// <param name="Exec">Until QEMU was executed.</param>
/// <param name="Running">Until virsh ended.</param>
internal sealed record PeerStart(double Exec, double Running);
