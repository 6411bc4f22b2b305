using System.Runtime.InteropServices;
using Vireo.ApiServer.Answers;

namespace Vireo.ApiServer.Routing;

/// <summary>Gives each client its share of a server that cannot serve all at once.</summary>
/// <remarks>
/// While there is room everybody is served at once. When there is none, requests wait with those of their client, and
/// the clients take turns: one that asks for a thousand things is served as one that asks for two.
/// </remarks>
internal sealed class FairShare(LoadLimits limits, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Client> _clients = new(StringComparer.Ordinal);

    /// <summary>Clients with requests that wait, the next one first.</summary>
    private readonly LinkedList<Client> _turns = [];
    private int _used;

    /// <summary>Takes a place for a request, as soon as there is one; whoever got it gives it back.</summary>
    /// <param name="name">The client.</param>
    /// <param name="seats">What the request counts.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="StatusException">TooManyRequests: too many wait, or it waited too long.</exception>
    public ValueTask<Place> EnterAsync(string name, int seats, CancellationToken ct)
    {
        Waiting waiting;
        lock (_lock)
        {
            ref var client = ref CollectionsMarshal.GetValueRefOrAddDefault(_clients, name, out _);
            client ??= new Client(name);
            if (client.Waiting.Count == 0 && _turns.Count == 0 && HasRoom(client, seats))
            {
                Take(client, seats);
                return new(new Place(this, client, seats));
            }

            if (client.Waiting.Count >= limits.WaitingPerClient)
            {
                throw Refusals.TooManyRequests();
            }

            waiting = new(seats);
            client.Waiting.AddLast(waiting);
            if (client.Waiting.Count == 1)
            {
                _turns.AddLast(client);
            }

            Grant();
            return new(WaitAsync(client, waiting, ct));
        }
    }

    private async Task<Place> WaitAsync(Client client, Waiting waiting, CancellationToken ct)
    {
        var place = new Place(this, client, waiting.Seats);
        try
        {
            await waiting.Granted.Task.WaitAsync(limits.LongestWait, time, ct);
            return place;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            if (!Withdraw(client, waiting))
            {
                place.Dispose();
            }

            if (e is TimeoutException)
            {
                throw Refusals.TooManyRequests();
            }

            throw;
        }
    }

    /// <summary>False when its turn came in the same moment.</summary>
    private bool Withdraw(Client client, Waiting waiting)
    {
        lock (_lock)
        {
            if (!client.Waiting.Remove(waiting))
            {
                return false;
            }

            if (client.Waiting.Count == 0)
            {
                _turns.Remove(client);
                Forget(client);
            }

            // It may have been what the others waited behind.
            Grant();
            return true;
        }
    }

    private void Leave(Client client, int seats)
    {
        lock (_lock)
        {
            _used -= seats;
            client.Used -= seats;
            Grant();
            Forget(client);
        }
    }

    /// <summary>Lets in who can be let in, a request of each client in turn.</summary>
    private void Grant()
    {
        for (var next = _turns.First; next is not null; )
        {
            var client = next.Value;
            var seats = client.Waiting.First!.Value.Seats;
            if (client.Used > 0 && client.Used + seats > limits.SeatsPerClient)
            {
                // It has its share: those behind it need not wait for that.
                next = next.Next;
                continue;
            }

            if (!HasRoom(client, seats))
            {
                // What is large would never get its turn if the small ones went past it.
                return;
            }

            Take(client, seats);
            client.Waiting.First.Value.Granted.SetResult();
            client.Waiting.RemoveFirst();
            _turns.Remove(next);
            if (client.Waiting.Count > 0)
            {
                _turns.AddLast(client);
            }

            next = _turns.First;
        }
    }

    private bool HasRoom(Client client, int seats) =>
        (_used == 0 || _used + seats <= limits.Seats)
        && (client.Used == 0 || client.Used + seats <= limits.SeatsPerClient);

    private void Take(Client client, int seats)
    {
        _used += seats;
        client.Used += seats;
    }

    /// <summary>Who asks for nothing is not remembered.</summary>
    private void Forget(Client client)
    {
        if (client.Used == 0 && client.Waiting.Count == 0)
        {
            _clients.Remove(client.Name);
        }
    }

    /// <summary>The right to be served, until it is given back.</summary>
    /// <param name="Share">Who gave it.</param>
    /// <param name="Client">Who has it.</param>
    /// <param name="Seats">What it counts.</param>
    internal readonly record struct Place(FairShare Share, Client Client, int Seats) : IDisposable
    {
        public void Dispose() => Share.Leave(Client, Seats);
    }

    /// <summary>What one client has and waits for. Under the lock.</summary>
    internal sealed class Client(string name)
    {
        public string Name => name;

        public LinkedList<Waiting> Waiting { get; } = [];

        public int Used { get; set; }
    }

    /// <summary>A request that waits for its turn.</summary>
    internal sealed class Waiting(int seats)
    {
        public int Seats => seats;

        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
