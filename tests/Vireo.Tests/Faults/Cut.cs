namespace Vireo.Tests.Faults;

/// <summary>Ends the controllers, and begins them anew, right before one of their writes.</summary>
internal sealed class Cut : IDisposable
{
    private static readonly string[] Untimely = ["/leases", "/hosts", "/nodes", "/events"];

    private readonly FaultRoom _room;
    private readonly Lock _lock = new();
    private int _left;
    private bool _isDead;

    public Cut(FaultRoom room, int writes)
    {
        (_room, _left) = (room, writes);
        room.Wire.Before = LookAsync;
    }

    public void Dispose() => _room.Wire.Before = null;

    private Task LookAsync(HttpRequestMessage request)
    {
        if (request.Method == HttpMethod.Get || !Counts(request))
        {
            return Task.CompletedTask;
        }

        lock (_lock)
        {
            if (_isDead || --_left != 0)
            {
                return _isDead ? Task.FromException(new HttpRequestException("Ended.")) : Task.CompletedTask;
            }

            _isDead = true;
        }

        _ = Task.Run(async () =>
        {
            await _room.StopControllersAsync();
            lock (_lock)
            {
                _isDead = false;
            }

            _room.StartControllers();
        });
        return Task.FromException(new HttpRequestException("Ended."));
    }

    /// <summary>Not what comes with time alone: leases, and what hosts and events tell.</summary>
    private static bool Counts(HttpRequestMessage request)
    {
        var path = request.RequestUri!.ToString();
        return !Array.Exists(Untimely, part => path.Contains(part, StringComparison.Ordinal));
    }
}
