using System.CommandLine;
using Vireo.Api;

namespace Vireo.Commands;

/// <summary>`vireo create preference`: writes the manifest of a preference.</summary>
internal sealed class CreatePreferenceCommand
{
    private static readonly string[] Topologies = ["sockets", "cores", "threads", "spread", "any"];

    private readonly Option<string?> _topology = new("--cpu-topology")
    {
        Description = "What the vCPUs of an instance type become.",
    };

    private readonly Option<string?> _machineType = new("--machine-type")
    {
        Description = "The machine type, for example q35.",
    };

    private readonly Option<string?> _diskBus = new("--disk-bus") { Description = "The bus of disks." };

    private readonly Option<string?> _interfaceModel = new("--interface-model")
    {
        Description = "The model of network interfaces.",
    };

    private readonly Option<long?> _minCpu = new("--min-cpu")
    {
        Description = "The fewest vCPUs that a machine must have.",
    };

    private readonly Option<string?> _minMemory = new("--min-memory")
    {
        Description = "The least memory that a machine must have.",
    };

    private readonly Option<bool> _namespaced = new("--namespaced")
    {
        Description = "For machines of one namespace; without it for those of the whole cluster.",
    };

    private CreatePreferenceCommand()
    {
        _topology.AcceptOnlyFromAmong(Topologies);
        _diskBus.AcceptOnlyFromAmong("virtio", "sata", "scsi", "usb");
        _interfaceModel.AcceptOnlyFromAmong("virtio", "e1000", "e1000e", "ne2k_pci", "pcnet", "rtl8139", "igb");
    }

    public static Command Create() => new CreatePreferenceCommand().Build();

    private Command Build()
    {
        var options = new ManifestOptions();
        var command = new Command("preference", "Writes the manifest of a preference.")
        {
            _topology,
            _machineType,
            _diskBus,
            _interfaceModel,
            _minCpu,
            _minMemory,
            _namespaced,
        };
        options.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                parse.GetValue(_namespaced)
                    ? options.PrintAsync(
                        parse,
                        ApiJson.Default.VirtualMachinePreference,
                        () => new() { Metadata = options.Metadata(parse, "preference"), Spec = SpecOf(parse) },
                        ct
                    )
                    : options.PrintAsync(
                        parse,
                        ApiJson.Default.VirtualMachineClusterPreference,
                        () => new() { Metadata = options.ClusterMetadata(parse, "preference"), Spec = SpecOf(parse) },
                        ct
                    )
        );
        return command.WithExample(
            "vireo create preference --name linux --disk-bus virtio --interface-model virtio\n"
                + "vireo create preference --name win --cpu-topology cores --machine-type q35 --min-cpu 2 --min-memory 4Gi"
        );
    }

    private VirtualMachinePreferenceSpec SpecOf(ParseResult parse)
    {
        var (topology, machine) = (parse.GetValue(_topology), parse.GetValue(_machineType));
        var (bus, model) = (parse.GetValue(_diskBus), parse.GetValue(_interfaceModel));
        var (cpu, memory) = (ManifestOptions.Count(parse, _minCpu), ManifestOptions.Amount(parse, _minMemory));
        return new()
        {
            Cpu = topology is null ? null : new() { PreferredCPUTopology = topology },
            Machine = machine is null ? null : new() { PreferredMachineType = machine },
            Devices = (bus, model) is (null, null)
                ? null
                : new() { PreferredDiskBus = bus, PreferredInterfaceModel = model },
            Requirements = (cpu, memory) is (null, null)
                ? null
                : new()
                {
                    Cpu = cpu is { } count ? new() { Guest = count } : null,
                    Memory = memory is { } amount ? new() { Guest = amount } : null,
                },
        };
    }
}
