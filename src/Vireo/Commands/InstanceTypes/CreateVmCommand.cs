using System.CommandLine;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Rules;

namespace Vireo.Commands;

/// <summary>`vireo create vm`: writes the manifest of a virtual machine.</summary>
internal sealed class CreateVmCommand
{
    private static readonly Quantity UsualMemory = Quantity.Parse("512Mi");

    private readonly ManifestOptions _manifest = new();
    private readonly FirstBootOptions _firstBoot = new();

    private readonly Option<RunStrategy> _strategy = new("--run-strategy")
    {
        Description = "When it runs: Always, RerunOnFailure, Manual, Halted or Once.",
        DefaultValueFactory = _ => RunStrategy.Always,
    };

    private readonly Option<long> _grace = new("--termination-grace-period")
    {
        Description = "Seconds its guest has to shut down.",
        DefaultValueFactory = _ => 180,
    };

    private readonly Option<string?> _memory = new("--memory")
    {
        Description = "Its memory; 512Mi when neither this nor an instance type is given.",
    };

    private readonly Option<long?> _cpu = new("--cpu") { Description = "Its vCPUs; 1 when not given." };

    private readonly Option<string?> _type = new("--instancetype")
    {
        Description = "Its instance type, [KIND/]NAME: processors and memory. See --infer-instancetype-from.",
    };

    private readonly Option<string?> _preference = new("--preference")
    {
        Description = "Its preference, [KIND/]NAME: what it is given where it says nothing.",
    };

    private readonly Option<string?> _typeFrom = new("--infer-instancetype-from")
    {
        Description = "The volume whose image names the instance type.",
    };

    private readonly Option<string?> _preferenceFrom = new("--infer-preference-from")
    {
        Description = "The volume whose image names the preference.",
    };

    private readonly Option<string[]> _disks = new("--volume-containerdisk")
    {
        Description = "A disk from a container image: src:IMAGE[,name:NAME][,bootorder:N]. May be given several times.",
    };

    public static Command Create() => new CreateVmCommand().Build();

    private Command Build()
    {
        var command = new Command("vm", "Writes the manifest of a virtual machine.")
        {
            _strategy,
            _grace,
            _memory,
            _cpu,
            _type,
            _preference,
            _typeFrom,
            _preferenceFrom,
            _disks,
        };
        _firstBoot.AddTo(command);
        _manifest.AddTo(command);
        command.SetAction(
            (parse, ct) => _manifest.PrintAsync(parse, ApiJson.Default.VirtualMachine, () => Checked(Make(parse)), ct)
        );
        return command.WithExample(
            "vireo create vm --name web --memory 1Gi --volume-containerdisk src:quay.io/containerdisks/alpine:3.21\n"
                + "vireo create vm --name web --instancetype u1.small --preference alpine \\\n"
                + "  --volume-containerdisk src:quay.io/containerdisks/alpine:3.21,name:root \\\n"
                + "  --user alpine --ssh-key 'ssh-ed25519 AAAA...' | kubectl create -f -"
        );
    }

    private VirtualMachine Make(ParseResult parse)
    {
        var disks = ContainerDiskText.Parse(parse.GetValue(_disks) ?? []);
        Volume[] volumes = [.. disks.Select(disk => disk.Volume), .. _firstBoot.Read(parse)];
        Disk[] ordered = [.. disks.Where(disk => disk.BootOrder is not null).Select(disk => disk.Disk)];
        var type = Type(parse);
        var cpu = ManifestOptions.Count(parse, _cpu);
        var memory = ManifestOptions.Amount(parse, _memory) ?? (type is null ? UsualMemory : null);
        return new()
        {
            Metadata = _manifest.Metadata(parse, "vm"),
            Spec = new()
            {
                RunStrategy = parse.GetValue(_strategy),
                Instancetype = type,
                Preference = Preference(parse),
                Template = new()
                {
                    Spec = new()
                    {
                        TerminationGracePeriodSeconds = parse.GetValue(_grace),
                        Domain = new()
                        {
                            Cpu = cpu is null ? null : new() { Sockets = cpu },
                            Memory = memory is null ? null : new() { Guest = memory },
                            Devices = new() { Disks = ordered is [] ? null : ordered },
                        },
                        Volumes = volumes is [] ? null : volumes,
                    },
                },
            },
        };
    }

    private InstancetypeMatcher? Type(ParseResult parse) =>
        Matcher(parse, MatcherRole.Instancetype, _type, _typeFrom) is { } matcher
            ? new()
            {
                Name = matcher.Name,
                Kind = matcher.KindWord,
                InferFromVolume = matcher.InferFromVolume,
            }
            : null;

    private PreferenceMatcher? Preference(ParseResult parse) =>
        Matcher(parse, MatcherRole.Preference, _preference, _preferenceFrom) is { } matcher
            ? new()
            {
                Name = matcher.Name,
                Kind = matcher.KindWord,
                InferFromVolume = matcher.InferFromVolume,
            }
            : null;

    private static MachineMatcher? Matcher(
        ParseResult parse,
        MatcherRole role,
        Option<string?> named,
        Option<string?> from
    ) =>
        (parse.GetValue(named), parse.GetValue(from)) switch
        {
            (null, null) => null,
            ({ } text, null) => MatcherText.Parse(role, text),
            (null, { } volume) => new(role, null, null, null, volume, null),
            _ => throw new UsageException($"{named.Name} and {from.Name}: give one of the two."),
        };

    /// <summary>Refuses what the server would refuse whatever the instance type comes to.</summary>
    private static VirtualMachine Checked(VirtualMachine machine)
    {
        var anyType = machine.Spec.Instancetype is null
            ? null
            : new VirtualMachineInstancetypeSpec
            {
                Cpu = new() { Guest = 1 },
                Memory = new() { Guest = UsualMemory },
            };
        var expanded = MachineExpansion.Of(machine.Spec, "amd64", anyType, null);
        FieldError[] errors =
        [
            .. MachineMatcher.Of(machine.Spec.Instancetype)?.Check() ?? [],
            .. MachineMatcher.Of(machine.Spec.Preference)?.Check() ?? [],
            .. expanded.Spec is { } spec
                ? Admission
                    .Review(
                        new(
                            ResourceKinds.VirtualMachines,
                            AdmissionOperation.Create,
                            machine with
                            {
                                Spec = spec,
                            },
                            null,
                            new(new(), DateTimeOffset.UnixEpoch, false)
                        )
                    )
                    .Errors
                : expanded.Errors,
        ];
        return errors is []
            ? machine
            : throw new UsageException(string.Join("\n", errors.Select(error => $"{error.Field}: {error.Message}")));
    }
}
