using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules.Migrations;

/// <summary>
/// Both agents, the hypervisors and a controller that cancels, in any order, with agents that are ended anywhere: at no
/// time two guests run, and in the end one does, where the status says.
/// </summary>
public sealed class MigrationInterleavingTests
{
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Exactly_one_guest_runs_whatever_fails(int seed)
    {
        var random = new Random(seed);
        var world = new World(random);
        for (var turn = 0; turn < 400; turn++)
        {
            world.Turn(mayFail: turn < 120);
            world.Running.ShouldBe(1, $"turn {turn}");
        }

        world.Instance.Status!.MigrationState!.EndTimestamp.ShouldNotBeNull();
        world.GuestOn.ShouldBe(world.Instance.Status.NodeName);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 300)];

    private sealed class World(Random random)
    {
        private MovingGuest _source = MovingGuest.Here;
        private MovingGuest _target = MovingGuest.Absent;
        private bool _job;
        private bool _open;
        private bool _sourceUp = true;
        private bool _targetUp = true;
        private DateTimeOffset? _hereSince;
        private DateTimeOffset _now = Moves.Now;

        public VirtualMachineInstance Instance { get; private set; } = Moves.Guest(Moves.Assigned);

        public int Running => (_source is MovingGuest.Here ? 1 : 0) + (_target is MovingGuest.Here ? 1 : 0);

        public string? GuestOn =>
            _source is MovingGuest.Here ? "a"
            : _target is MovingGuest.Here ? "b"
            : null;

        private VirtualMachineInstanceMigrationState State => Instance.Status!.MigrationState!;

        public void Turn(bool mayFail)
        {
            _now += TimeSpan.FromSeconds(1);
            _sourceUp |= !mayFail;
            _targetUp |= !mayFail;
            switch (random.Next(mayFail ? 12 : 3))
            {
                case 0 when _sourceUp:
                    Source();
                    break;
                case 1 when _targetUp:
                    Target();
                    break;
                case 2:
                    Hypervisors();
                    break;
                case 3 when State.EndTimestamp is null && random.Next(8) == 0:
                    Instance = State.StartTimestamp is null
                        ? MigrationStates.Failed(MigrationStates.AbortAsked(Instance), "cancelled", _now)
                        : MigrationStates.AbortAsked(Instance);
                    break;
                case 4 when random.Next(8) == 0:
                    // The line goes through the agents: without one of them it is cut.
                    _sourceUp = !_sourceUp;
                    Cut();
                    break;
                case 5 when random.Next(8) == 0:
                    _targetUp = !_targetUp;
                    _open = false;
                    Cut();
                    break;
                case 6 when random.Next(8) == 0:
                    Cut();
                    break;
                default:
                    break;
            }
        }

        /// <summary>What does not arrive stays, and what it was to arrive in goes.</summary>
        private void Cut()
        {
            _job = false;
            _target = _target is MovingGuest.Incoming ? MovingGuest.Absent : _target;
        }

        private void Hypervisors()
        {
            if (_job && _open && _target is MovingGuest.Absent)
            {
                _target = MovingGuest.Incoming;
            }
            else if (_job && _target is MovingGuest.Incoming && random.Next(3) == 0)
            {
                (_source, _target, _job) = (MovingGuest.Absent, MovingGuest.Here, false);
            }
        }

        private void Source()
        {
            switch (MigrationSteps.Next(new(Instance, "a", _source, _job, _now)))
            {
                case MigrationStep.Begin:
                    Instance = MigrationStates.Begun(Instance, _now);
                    _job = true;
                    break;
                case MigrationStep.Abort:
                    Cut();
                    break;
                case MigrationStep.Fail(var why):
                    _source.ShouldBe(MovingGuest.Here);
                    Instance = MigrationStates.Failed(Instance, why, _now);
                    break;
                case MigrationStep.LeaveToTarget when random.Next(2) == 0:
                    // The agent that drove the move saw it end well.
                    Instance = MigrationStates.Succeeded(Instance, _now);
                    break;
                case MigrationStep.CleanUp:
                    _source = MovingGuest.Absent;
                    break;
                default:
                    break;
            }
        }

        private void Target()
        {
            _hereSince = _target is MovingGuest.Here ? _hereSince ?? _now : null;
            var sight = new MigrationSight(Instance, "b", _target, _open, _now) { HereSince = _hereSince };
            switch (MigrationSteps.Next(sight))
            {
                case MigrationStep.Prepare:
                    _open = true;
                    Instance = MigrationStates.Prepared(Instance, "unix:///b");
                    break;
                case MigrationStep.Claim:
                    Instance = MigrationStates.Succeeded(Instance, _now);
                    break;
                case MigrationStep.CleanUp:
                    _target = MovingGuest.Absent;
                    _open = false;
                    break;
                case MigrationStep.GiveUp(var why):
                    _target = MovingGuest.Absent;
                    Instance = MigrationStates.Failed(Instance, why, _now);
                    break;
                default:
                    break;
            }
        }
    }
}
