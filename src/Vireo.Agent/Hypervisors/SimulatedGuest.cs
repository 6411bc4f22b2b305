using System.Xml.Linq;

namespace Vireo.Agent;

/// <summary>A guest of a <see cref="SimulatedHypervisor"/>.</summary>
/// <param name="id">Whose.</param>
/// <param name="live">Its domain.</param>
/// <param name="isPaused">True when it waits.</param>
/// <param name="address">Counts the guests: its address.</param>
internal sealed class SimulatedGuest(DomainId id, XElement live, bool isPaused, int address)
{
    public DomainId Id => id;

    public string Uuid { get; } = live.Element("uuid")!.Value;

    public bool IsAgentConnected { get; set; }

    public bool IsPaused { get; set; } = isPaused;

    public GuestReset? LastReset { get; set; }

    // Replaced, never changed: others may be reading it.
    private XElement Live { get; set; } = live;

    public void Plug(int vcpus) => Change(domain => domain.Element("vcpu")!.SetAttributeValue("current", vcpus));

    public void Request(long bytes) => Change(domain => Replace(domain, MemoryDeviceXml.WithRequested, bytes));

    public void Take(long bytes) => Change(domain => Replace(domain, MemoryDeviceXml.WithCurrent, bytes));

    public ObservedDomain Observe() =>
        ObservedDomain.Read(Live, IsPaused ? "PausedByUser" : null) with
        {
            IsAgentConnected = IsAgentConnected,
            LastReset = LastReset,
        };

    private void Change(Action<XElement> change)
    {
        var next = new XElement(Live);
        change(next);
        Live = next;
    }

    private static void Replace(XElement domain, Func<XElement, long, XElement> change, long bytes)
    {
        var device = MemoryDeviceXml.Find(domain)!;
        device.ReplaceWith(change(device, bytes));
    }

    public ObservedGuest Ask() =>
        new(
            IsAgentConnected ? new() { Id = "simulated", Name = "Simulated" } : null,
            [
                .. Observe()
                    .Interfaces.Select(nic => new ObservedGuestInterface(
                        nic.Mac,
                        IsAgentConnected ? "eth0" : null,
                        [$"10.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"]
                    )),
            ]
        );
}
