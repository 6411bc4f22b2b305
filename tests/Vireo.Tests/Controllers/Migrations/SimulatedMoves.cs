using System.Collections.Concurrent;
using Vireo.Rules;

namespace Vireo.Tests.Controllers.Migrations;

/// <summary>The hypervisors of all simulated hosts together: where each guest is, and how its move goes.</summary>
internal sealed class SimulatedMoves
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Host, string Uid), MovingGuest> _guests = [];
    private readonly Dictionary<string, (string From, string To)> _jobs = new(StringComparer.Ordinal);
    private readonly HashSet<(string Host, string Uid)> _open = [];
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
