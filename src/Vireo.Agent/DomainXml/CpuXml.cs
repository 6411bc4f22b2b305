using System.Xml.Linq;
using Vireo.Api;

namespace Vireo.Agent;

/// <summary>The guest's vCPUs: how many, how arranged, and of which model.</summary>
internal static class CpuXml
{
    /// <summary>
    /// The model under software emulation in place of the host's own: the newest that QEMU emulates without leaving a
    /// feature out, and what x86-64-v2 distributions need at least.
    /// </summary>
    private const string EmulatedModel = "Nehalem";

    public static IEnumerable<XElement> Render(DomainContext context)
    {
        var topology = VcpuTopology.Of(context.Domain.Cpu);
        var machine = context.Host.FindMachineType(context.Architecture, context.MachineType);
        if (machine?.MaxCpus is { } most && topology.MaxCount > most)
        {
            var field = topology.Count > most ? "spec.domain.cpu.sockets" : "spec.domain.cpu.maxSockets";
            context.Unsupported(
                field,
                $"{field}: {topology.MaxCount} vCPUs are more than the {most} that machine type {context.MachineType} has."
            );
        }

        topology = topology.WithinReach(context.IsX86);
        yield return new(
            "vcpu",
            new XAttribute("placement", "static"),
            topology.MaxCount > topology.Count ? XmlParts.Attribute("current", topology.Count) : null,
            topology.MaxCount
        );
        yield return new("cpu", Model(context), Topology(topology), Numa(context, topology), Features(context));
        if ((context.Devices.Disks ?? []).Count(disk => disk.DedicatedIOThread == true) is > 0 and var threads)
        {
            yield return new("iothreads", threads);
        }
    }

    private static IEnumerable<XObject> Model(DomainContext context)
    {
        var model = context.Text("spec.domain.cpu.model", context.Domain.Cpu?.Model) ?? "host-model";
        var isHostModel = model is "host-model" or "host-passthrough";
        if (isHostModel && !context.IsEmulated)
        {
            return [new XAttribute("mode", model), new XAttribute("check", model == "host-model" ? "partial" : "none")];
        }

        if (isHostModel && !context.IsX86)
        {
            return [new XAttribute("mode", "maximum")];
        }

        return
        [
            new XAttribute("mode", "custom"),
            new XAttribute("match", "exact"),
            new XAttribute("check", context.IsEmulated ? "none" : "partial"),
            new XElement("model", new XAttribute("fallback", "forbid"), isHostModel ? EmulatedModel : model),
        ];
    }

    private static XElement Topology(VcpuTopology topology) =>
        new(
            "topology",
            XmlParts.Attribute("sockets", topology.MaxSockets),
            XmlParts.Attribute("cores", topology.Boot.Cores),
            XmlParts.Attribute("threads", topology.Boot.Threads)
        );

    /// <summary>Memory can only be plugged into a NUMA cell, so a guest that may grow has one.</summary>
    private static XElement? Numa(DomainContext context, VcpuTopology topology) =>
        MemoryDeviceXml.SizeBytes(context) == 0 || MemoryXml.GuestBytes(context.Domain) is not { } bytes
            ? null
            : new XElement(
                "numa",
                new XElement(
                    "cell",
                    new XAttribute("id", "0"),
                    new XAttribute("cpus", topology.MaxCount == 1 ? "0" : $"0-{topology.MaxCount - 1}"),
                    XmlParts.Attribute("memory", bytes),
                    new XAttribute("unit", "b")
                )
            );

    private static IEnumerable<XElement> Features(DomainContext context) =>
        (context.Domain.Cpu?.Features ?? []).Select(
            (feature, index) => Feature(context, $"spec.domain.cpu.features[{index}].name", feature)
        );

    private static XElement Feature(DomainContext context, string field, CPUFeature feature) =>
        new(
            "feature",
            new XAttribute("policy", feature.Policy ?? "require"),
            XmlParts.Attribute("name", context.Text(field, feature.Name))
        );
}
