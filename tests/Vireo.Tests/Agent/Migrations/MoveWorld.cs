using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Sample = Vireo.Tests.Rules.Migrations.Moves;

namespace Vireo.Tests.Agent;

/// <summary>
/// Two hosts of which one leaves a guest to the other, and all that may happen to them. What agents do is decided by
/// their own plans.
/// </summary>
/// <param name="random">What happens.</param>
internal sealed class MoveWorld(Random random)
{
    private const string Source = "a";
    private const string Target = "b";
    private const string Endpoint = "unix:///b/agent.sock";

    private readonly Dictionary<string, GuestPlace> _guest = new(StringComparer.Ordinal)
    {
        [Source] = GuestPlace.Running,
        [Target] = GuestPlace.Absent,
    };

    private bool _isJob;
    private bool _hasLeft;
    private bool _sourceUp = true;
    private bool _targetUp = true;
    private DateTimeOffset? _runsSince;
    private DateTimeOffset _now = Sample.Now;

    // What the agents know and forget when they end.
    private bool _hasBegun;
    private bool _isPrepared;
    private string? _fault;

    public VirtualMachineInstance Instance { get; private set; } = Sample.Guest(Sample.Assigned);

    /// <summary>The hosts that the guest runs on.</summary>
    public IReadOnlyList<string> Running =>
        [.. _guest.Where(one => one.Value is GuestPlace.Running).Select(one => one.Key)];

    private VirtualMachineInstanceMigrationState State => Instance.Status!.MigrationState!;

    /// <summary>One thing happens.</summary>
    public void Turn(bool mayFail)
    {
        _now += TimeSpan.FromSeconds(1);
        _sourceUp |= !mayFail;
        _targetUp |= !mayFail;
        switch (random.Next(mayFail ? 12 : 3))
        {
            case 0 when _sourceUp:
                DoSource();
                break;
            case 1 when _targetUp:
                DoTarget();
                break;
            case 2:
                DoHypervisors();
                break;
            case 3 when State.EndTimestamp is null && random.Next(8) == 0:
                Instance = State.StartTimestamp is null
                    ? MigrationStates.Failed(MigrationStates.AbortAsked(Instance), "cancelled", _now)
                    : MigrationStates.AbortAsked(Instance);
                break;
            case 4 when random.Next(8) == 0:
                _sourceUp = !_sourceUp;
                (_hasBegun, _fault) = (false, null);
                Cut();
                break;
            case 5 when random.Next(8) == 0:
                _targetUp = !_targetUp;
                (_isPrepared, _runsSince) = (false, null);
                Cut();
                break;
            case 6 when random.Next(8) == 0:
                Cut();
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// The line goes through the agents. What does not arrive stays, and what it was to arrive in goes; the guest may
    /// stand still where it was until somebody sees to it.
    /// </summary>
    private void Cut()
    {
        if (!_isJob)
        {
            return;
        }

        _isJob = false;
        _fault = _hasBegun ? "The line was cut." : null;
        _guest[Target] = GuestPlace.Absent;
        _guest[Source] = random.Next(2) == 0 ? GuestPlace.Running : _guest[Source];
    }

    private void DoHypervisors()
    {
        switch (_isJob, _guest[Target], _guest[Source])
        {
            case (true, GuestPlace.Absent, _):
                _guest[Target] = GuestPlace.Halted;
                break;
            case (true, GuestPlace.Halted, GuestPlace.Running) when random.Next(3) == 0:
                _guest[Source] = GuestPlace.Halted;
                break;
            case (true, GuestPlace.Halted, GuestPlace.Halted):
                (_guest[Source], _guest[Target], _isJob, _hasLeft) = (
                    GuestPlace.Absent,
                    GuestPlace.Running,
                    false,
                    true
                );
                break;
            default:
                break;
        }
    }

    private void DoSource()
    {
        var view = new SourceView
        {
            Instance = Instance,
            Node = Source,
            Here = new(_guest[Source], _isJob),
            // How a domain ended is kept by the host for a while only.
            End = _hasLeft && random.Next(4) > 0 ? new(GuestState.Migrated) : null,
            HasBegun = _hasBegun,
            IsRunning = _hasBegun && _isJob,
            Fault = _fault,
        };
        var step = SourcePlan.Next(view);
        if (step is SourceStep.Ask)
        {
            step = SourcePlan.Next(view with { There = Asked(Target, _targetUp) });
        }

        switch (step)
        {
            case SourceStep.Begin:
                _hasBegun = true;
                _isJob = _isPrepared;
                _fault = _isJob ? null : "The other host is not ready.";
                Instance = MoveReport.Begun(Instance, Sample.Uid, _now);
                break;
            case SourceStep.Abort:
                Cut();
                break;
            case SourceStep.Fail(var why):
                _guest[Target].ShouldNotBe(GuestPlace.Running, why);
                Instance = MoveReport.Failed(Instance, Sample.Uid, why, _now);
                break;
            case SourceStep.Complete:
                _guest[Target].ShouldBe(GuestPlace.Running);
                Instance = MoveReport.Completed(Instance, Sample.Uid, null, _now);
                break;
            case SourceStep.Resume:
                _guest[Source] = GuestPlace.Running;
                break;
            case SourceStep.Destroy:
                _guest[Target].ShouldBe(GuestPlace.Running);
                _guest[Source] = GuestPlace.Absent;
                break;
            default:
                break;
        }
    }

    private void DoTarget()
    {
        _runsSince = _guest[Target] is GuestPlace.Running ? _runsSince ?? _now : null;
        var view = new TargetView
        {
            Instance = Instance,
            Node = Target,
            Endpoint = Endpoint,
            Here = new(_guest[Target], _isJob),
            IsPrepared = _isPrepared,
            RunsSince = _runsSince,
            Now = _now,
        };
        var step = TargetPlan.Next(view);
        if (step is TargetStep.Ask)
        {
            step = TargetPlan.Next(view with { There = Asked(Source, _sourceUp) });
        }

        switch (step)
        {
            case TargetStep.Prepare:
                _isPrepared = true;
                break;
            case TargetStep.Invite:
                Instance = MoveReport.Invited(Instance, Sample.Uid, Endpoint);
                break;
            case TargetStep.Fail(var why):
                Instance = MoveReport.Failed(Instance, Sample.Uid, why, _now);
                break;
            case TargetStep.Claim:
                _guest[Target].ShouldBe(GuestPlace.Running);
                Instance = MoveReport.Claimed(Instance, Sample.Uid, _now);
                break;
            case TargetStep.Discard:
                Cut();
                _guest[Target] = GuestPlace.Absent;
                break;
            default:
                break;
        }
    }

    private GuestPlace Asked(string host, bool isUp) => isUp ? _guest[host] : GuestPlace.Unknown;
}
