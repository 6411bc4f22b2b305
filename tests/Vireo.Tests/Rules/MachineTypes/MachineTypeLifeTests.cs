using FsCheck;
using FsCheck.Fluent;
using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Rules.MachineTypes.Machines;
using Phase = Vireo.Api.VirtualMachineInstancePhase;

namespace Vireo.Tests.Rules.MachineTypes;

/// <summary>Whatever happens to a machine over its life, its record is what its guest has, or will have.</summary>
public sealed class MachineTypeLifeTests
{
    private static readonly string?[] Templates = [null, "q35", "pc-q35-7.2", "pc-q35-8.2", "pc-i440fx-8.2"];

    [Theory]
    [InlineData("Pinned")]
    [InlineData("Floating")]
    public void The_record_is_what_the_guest_has_or_will_have(string policy) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(
                Gen.Choose(0, 999).ArrayOf(30).ToArbitrary(),
                events =>
                {
                    var life = new Life(Policy(policy));
                    foreach (var happening in events)
                    {
                        life.Happens(happening);
                        life.Holds();
                    }
                }
            )
        );

    private sealed class Life(KubeVirtConfiguration configuration)
    {
        private readonly List<string> _told = [];
        private VirtualMachine _machine = Machine("q35");
        private VirtualMachineInstance? _instance;
        private string _newest = "pc-q35-8.2";
        private string? _booted;
        private bool _isAskedSince;

        private bool Floats =>
            configuration.LetsMachineTypesFloat
            && _machine.Status?.MachineType is { Source: not "Update" }
            && MachineTypeSources.TemplateOf(_machine) is null or "q35";

        public void Happens(int number)
        {
            var choice = number / 10;
            switch (number % 10)
            {
                case 0:
                    Edit(Templates[choice % Templates.Length]);
                    break;
                case 1:
                    Update(Templates[choice % Templates.Length]!, atNextBoot: choice % 2 == 0);
                    break;
                case 2:
                    _newest = $"pc-q35-9.{choice}";
                    _told.Add($"newest is {_newest}");
                    break;
                case 3 or 4:
                    Start();
                    break;
                case 5 or 6:
                    Boot();
                    break;
                case 7:
                    Stop();
                    break;
                case 8:
                    End();
                    break;
                default:
                    break;
            }

            Pass();
        }

        public void Holds()
        {
            var story = string.Join("; ", _told);
            var record = _machine.Status?.MachineType;
            MachineTypeRecords
                .Next(_machine, _instance, configuration, Samples.Now.AddYears(1))
                .ShouldBe(record, story);
            if (_instance?.Status?.Machine?.Type is { } runs && _instance.Status.Phase is Phase.Running)
            {
                record.ShouldNotBeNull(story).Resolved.ShouldBe(runs, story);
            }

            if (record is not null && _instance is null)
            {
                record.Pending.ShouldBeNull(story);
            }

            if (record is not null && !Floats)
            {
                (MachineTypeRecords.ForNextBoot(_machine, configuration) ?? "q35").ShouldBe(
                    record.Pending?.Type ?? record.Resolved,
                    story
                );
            }
        }

        private void Edit(string? template)
        {
            _told.Add($"edit {template ?? "none"}");
            _isAskedSince = true;
            _machine = Machine(template) with { Status = _machine.Status };
        }

        private void Update(string type, bool atNextBoot)
        {
            var decision = MachineTypeUpdates.Decide(
                _machine,
                _instance,
                new()
                {
                    MachineType = type,
                    AtNextBoot = atNextBoot,
                    Force = true,
                },
                [Upstream("one")],
                configuration,
                Samples.Now
            );
            if (decision is MachineTypePolicyDecision.Allowed allowed)
            {
                _told.Add($"update {type}");
                _isAskedSince = true;
                _machine = allowed.Machine;
            }
        }

        private void Start()
        {
            if (_instance?.Status?.Phase is null or Phase.Succeeded)
            {
                var type = InstanceComposition
                    .Compose(_machine, paused: false, configuration)
                    .Spec.Domain.Machine?.Type;
                _told.Add($"start {type}");
                _instance = Instance(string.IsNullOrEmpty(type) ? "q35" : type, null, Phase.Scheduling);
            }
        }

        private void Boot()
        {
            if (_instance is not { Status: { Phase: Phase.Scheduling } status })
            {
                return;
            }

            var started = _instance.Spec.Domain.Machine!.Type!;
            var runs = started == "q35" ? _newest : started;
            _told.Add($"boot {runs}");
            if (_booted is not null && !_isAskedSince && !Floats)
            {
                runs.ShouldBe(_booted, string.Join("; ", _told));
            }

            (_booted, _isAskedSince) = (runs, false);
            // What is pending still was asked for: the next boot may differ.
            _instance = _instance with
            {
                Status = status with
                {
                    Phase = Phase.Running,
                    Machine = new() { Type = runs },
                },
            };
            Pass();
            _isAskedSince = _machine.Status?.MachineType?.Pending is not null;
        }

        private void Stop()
        {
            _told.Add("stop");
            _instance = null;
        }

        private void End()
        {
            if (_instance is { Status: { Phase: Phase.Running } status })
            {
                _told.Add("end");
                _instance = _instance with { Status = status with { Phase = Phase.Succeeded } };
            }
        }

        private void Pass() =>
            _machine = _machine with
            {
                Status = new()
                {
                    MachineType = MachineTypeRecords.Next(_machine, _instance, configuration, Samples.Now),
                },
            };
    }
}
