using System.Globalization;
using System.Text;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Reading;

/// <summary>Remembers lists that clients read page by page, so that all pages show the same moment.</summary>
/// <remarks>A list holds references to objects that are in memory anyway; old ones make room for new ones.</remarks>
internal sealed class PageSnapshots(TimeProvider time) : IDisposable
{
    private const int MostLists = 32;

    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly LinkedList<Kept> _lists = [];
    private ITimer? _timer;

    /// <summary>Lists that are held now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _lists.Count;
            }
        }
    }

    /// <summary>Keeps the list and answers with the token for the page that starts at an index.</summary>
    public string Keep(ResourceKind kind, string? ns, StoreList list, int next)
    {
        lock (_lock)
        {
            if (!_lists.Any(kept => ReferenceEquals(kept.List, list)))
            {
                _lists.AddFirst(new Kept(kind, ns, list, time.GetUtcNow() + KeptFor));
                LetGo();
                _timer ??= time.CreateTimer(_ => LetGoLater(), null, KeptFor, KeptFor);
            }
        }

        var token = string.Create(CultureInfo.InvariantCulture, $"v1:{list.Revision}:{next}");
        return Convert.ToBase64String(Encoding.ASCII.GetBytes(token));
    }

    /// <summary>The list a token stands for, and where its page starts.</summary>
    /// <exception cref="StatusException">BadRequest: no token of ours; Expired: the list is no longer kept.</exception>
    public (StoreList List, int Start) Find(ResourceKind kind, string? ns, string token)
    {
        var (revision, start) = Read(token);
        lock (_lock)
        {
            foreach (var kept in _lists)
            {
                var isAsked =
                    ReferenceEquals(kept.Kind, kind) && kept.Namespace == ns && kept.List.Revision == revision;
                if (isAsked && kept.Until > time.GetUtcNow())
                {
                    return (kept.List, Math.Min(start, kept.List.Items.Count));
                }
            }
        }

        throw Refusals.Expired(
            "The provided continue parameter is too old to display a consistent list result. Start a new list without "
                + "the continue parameter."
        );
    }

    public void Dispose() => _timer?.Dispose();

    /// <summary>Also when nobody reads by pages any more: what a list holds may be gone from everywhere else.</summary>
    private void LetGoLater()
    {
        lock (_lock)
        {
            LetGo();

            if (_lists.Count == 0)
            {
                _timer?.Dispose();
                _timer = null;
            }
        }
    }

    private void LetGo()
    {
        while (_lists.Last is { } last && (_lists.Count > MostLists || last.Value.Until <= time.GetUtcNow()))
        {
            _lists.RemoveLast();
        }
    }

    private static (long Revision, int Start) Read(string token)
    {
        var bytes = new byte[token.Length];
        var parts = Convert.TryFromBase64String(token, bytes, out var length)
            ? Encoding.ASCII.GetString(bytes, 0, length).Split(':')
            : [];
        return
            parts is ["v1", var revision, var start]
            && long.TryParse(revision, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && int.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? (at, index)
            : throw Refusals.BadRequest("continue key is not valid: use the value that the last page gave");
    }

    private sealed record Kept(ResourceKind Kind, string? Namespace, StoreList List, DateTimeOffset Until);
}
