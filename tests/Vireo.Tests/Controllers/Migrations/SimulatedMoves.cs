using System.Collections.Concurrent;
using Vireo.Agent;

namespace Vireo.Tests.Controllers.Migrations;

/// <summary>The hypervisors of all simulated hosts together: where each guest is, and how its move goes.</summary>
internal sealed class SimulatedMoves
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Host, string Uid), MovingGuest> _guests = [];
    private readonly Dictionary<string, (string From, string To)> _jobs = new(StringComparer.Ordinal);
    private readonly HashSet<(string Host, string Uid)> _open = [];
    private readonly HashSet<(string Host, string Uid)> _left = [];
    private readonly HashSet<string> _twice = new(StringComparer.Ordinal);

    /// <summary>Guests of these names are not moved further than to this point until they are let go.</summary>
    public ConcurrentDictionary<string, HoldAt> Holds { get; } = new(StringComparer.Ordinal);

    /// <summary>Moves of guests of these names fail with these words.</summary>
    public ConcurrentDictionary<string, string> Faults { get; } = new(StringComparer.Ordinal);

    /// <summary>Guests that ran on two hosts at once: there are none.</summary>
    public IReadOnlyCollection<string> Doubles
    {
        get
        {
            lock (_gate)
            {
                return [.. _twice];
            }
        }
    }

    public MovingGuest On(string host, string uid)
    {
        lock (_gate)
        {
            return _guests.GetValueOrDefault((host, uid));
        }
    }

    /// <summary>How a guest stands on a host, as its agent sees it.</summary>
    public GuestStand StandOf(string host, string uid) =>
        new(
            On(host, uid) switch
            {
                MovingGuest.Here => GuestPlace.Running,
                MovingGuest.Incoming => GuestPlace.Halted,
                _ => GuestPlace.Absent,
            },
            HasJob(uid)
        );

    /// <summary>True when a guest's domain ended on a host because the guest moved away.</summary>
    public bool HasLeft(string host, string uid)
    {
        lock (_gate)
        {
            return _left.Contains((host, uid));
        }
    }

    /// <summary>The hosts that a guest runs on.</summary>
    public IReadOnlyList<string> HostsOf(string uid)
    {
        lock (_gate)
        {
            return
            [
                .. _guests
                    .Where(one => one.Key.Uid == uid && one.Value is MovingGuest.Here)
                    .Select(one => one.Key.Host),
            ];
        }
    }

    public void Set(string host, string uid, MovingGuest guest)
    {
        lock (_gate)
        {
            _guests[(host, uid)] = guest;
            _left.Remove((host, uid));
            if (_guests.Count(one => one.Key.Uid == uid && one.Value is MovingGuest.Here) > 1)
            {
                _twice.Add(uid);
            }
        }
    }

    public bool HasJob(string uid)
    {
        lock (_gate)
        {
            return _jobs.ContainsKey(uid);
        }
    }

    public void Begin(string uid, string from, string to)
    {
        lock (_gate)
        {
            _jobs[uid] = (from, to);
            Set(to, uid, MovingGuest.Incoming);
        }
    }

    /// <summary>The line of a move is cut: what did not arrive stays.</summary>
    public void Cut(string uid)
    {
        lock (_gate)
        {
            if (_jobs.Remove(uid, out var job))
            {
                Set(job.To, uid, MovingGuest.Absent);
            }
        }
    }

    /// <summary>All lines that go through a host are cut, and nobody listens there any more.</summary>
    public void CutAll(string host)
    {
        lock (_gate)
        {
            _open.RemoveWhere(one => one.Host == host);
            foreach (
                var uid in _jobs
                    .Where(job => job.Value.From == host || job.Value.To == host)
                    .Select(job => job.Key)
                    .ToList()
            )
            {
                Cut(uid);
            }
        }
    }

    /// <summary>The guest stops here and goes on there.</summary>
    public bool Arrive(string uid)
    {
        lock (_gate)
        {
            if (!_jobs.Remove(uid, out var job))
            {
                return false;
            }

            Set(job.From, uid, MovingGuest.Absent);
            _left.Add((job.From, uid));
            Set(job.To, uid, MovingGuest.Here);
            return true;
        }
    }

    public bool IsOpen(string host, string uid)
    {
        lock (_gate)
        {
            return _open.Contains((host, uid));
        }
    }

    public void Open(string host, string uid)
    {
        lock (_gate)
        {
            _open.Add((host, uid));
        }
    }

    public void CleanUp(string host, string uid)
    {
        lock (_gate)
        {
            _open.Remove((host, uid));
            Set(host, uid, MovingGuest.Absent);
        }
    }
}

/// <summary>What a simulated host has of a guest.</summary>
internal enum MovingGuest
{
    /// <summary>Nothing.</summary>
    Absent,

    /// <summary>A domain that the guest is still to arrive in.</summary>
    Incoming,

    /// <summary>The guest, which runs.</summary>
    Here,

    /// <summary>Nothing more: the guest ended there.</summary>
    Ended,
}

/// <summary>How far a guest gets.</summary>
internal enum HoldAt
{
    /// <summary>The target is never ready.</summary>
    Prepare,

    /// <summary>The source does not begin.</summary>
    Begin,

    /// <summary>The guest moves and moves.</summary>
    Arrive,

    /// <summary>The guest has arrived, and the source does not say so.</summary>
    Tell,
}
