using System.CommandLine;
using Vireo.Api;

namespace Vireo.Commands;

/// <summary>`vireo create instancetype`: writes the manifest of an instance type.</summary>
internal sealed class CreateInstancetypeCommand
{
    private readonly Option<long?> _cpu = new("--cpu") { Description = "The vCPUs of a guest.", Required = true };

    private readonly Option<string?> _memory = new("--memory")
    {
        Description = "The memory of a guest, for example 2Gi.",
        Required = true,
    };

    private readonly Option<long?> _maxSockets = new("--max-sockets")
    {
        Description = "The most sockets a guest can be given while it runs.",
    };

    private readonly Option<string?> _maxGuest = new("--max-guest")
    {
        Description = "The most memory a guest can be given while it runs.",
    };

    private readonly Option<int?> _overcommit = new("--overcommit-percent")
    {
        Description = "How much less than its memory a guest claims of its host, from 0 to 100.",
    };

    private readonly Option<string?> _model = new("--cpu-model")
    {
        Description = "The processor model: a libvirt name, host-model or host-passthrough.",
    };

    private readonly Option<bool> _namespaced = new("--namespaced")
    {
        Description = "For machines of one namespace; without it for those of the whole cluster.",
    };

    public static Command Create() => new CreateInstancetypeCommand().Build();

    private Command Build()
    {
        var options = new ManifestOptions();
        var command = new Command("instancetype", "Writes the manifest of an instance type.")
        {
            _cpu,
            _memory,
            _maxSockets,
            _maxGuest,
            _overcommit,
            _model,
            _namespaced,
        };
        options.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                parse.GetValue(_namespaced)
                    ? options.PrintAsync(
                        parse,
                        ApiJson.Default.VirtualMachineInstancetype,
                        () => new() { Metadata = options.Metadata(parse, "instancetype"), Spec = SpecOf(parse) },
                        ct
                    )
                    : options.PrintAsync(
                        parse,
                        ApiJson.Default.VirtualMachineClusterInstancetype,
                        () => new() { Metadata = options.ClusterMetadata(parse, "instancetype"), Spec = SpecOf(parse) },
                        ct
                    )
        );
        return command.WithExample(
            "vireo create instancetype --name small --cpu 1 --memory 1Gi --max-guest 8Gi\n"
                + "vireo create instancetype --name small --cpu 1 --memory 1Gi --namespaced -n shop -o json"
        );
    }

    private VirtualMachineInstancetypeSpec SpecOf(ParseResult parse)
    {
        var overcommit = parse.GetValue(_overcommit);
        if (overcommit is < 0 or > 100)
        {
            throw new Clusters.UsageException($"--overcommit-percent: {overcommit} is not from 0 to 100.");
        }

        return new()
        {
            Cpu = new()
            {
                Guest = ManifestOptions.Count(parse, _cpu)!.Value,
                MaxSockets = ManifestOptions.Count(parse, _maxSockets),
                Model = parse.GetValue(_model),
            },
            Memory = new()
            {
                Guest = ManifestOptions.Amount(parse, _memory)!.Value,
                MaxGuest = ManifestOptions.Amount(parse, _maxGuest),
                OvercommitPercent = overcommit,
            },
        };
    }
}
