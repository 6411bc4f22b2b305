using Vireo.Api;
using Vireo.ApiServer.Storage;

namespace Vireo.Tests.ApiServer.Storage;

/// <summary>Does the same random things to the store and to a dictionary, restarts included, and compares.</summary>
public sealed class StoreModelTests(ITestOutputHelper output) : IDisposable
{
    private static readonly ResourceKind[] Kinds =
    [
        ResourceKinds.ConfigMaps,
        ResourceKinds.VirtualMachines,
        ResourceKinds.Leases,
    ];

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(null)]
    public async Task The_store_does_what_a_dictionary_and_a_list_of_changes_do(int? given)
    {
        var seed = given ?? Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var model = new Model();
        var limits = new StoreLimits { HistoryEvents = random.Next(1, 60), Quiet = TimeSpan.Zero };
        var store = _folder.Open(limits);

        try
        {
            for (var step = 0; step < 1000; step++)
            {
                if (random.Next(50) == 0)
                {
                    await store.DisposeAsync();
                    store = _folder.Open(limits);
                    model.Restart();
                }

                var write = RandomWrite(random, model);
                var (reason, expected) = model.Do(write);
                var answer = store.DoAsync(write);

                if (reason is { } conflict)
                {
                    (await Should.ThrowAsync<StoreConflictException>(answer)).Reason.ShouldBe(conflict);
                }
                else
                {
                    (await answer).Text().ShouldBe(expected);
                }

                Compare(random, store, model);
            }
        }
        finally
        {
            await store.DisposeAsync();
        }
    }

    private static StoreWrite RandomWrite(Random random, Model model)
    {
        var kind = Kinds[random.Next(Kinds.Length)];
        var ns = $"ns{random.Next(2)}";
        var name = $"n{random.Next(6)}";
        var current = model.RevisionOf(kind, ns, name);
        long? expected = random.Next(3) == 0 ? current + random.Next(2) : null;
        return Write.Of((StoreOperation)random.Next(3), name, expected, $"{random.Next()}", kind, ns);
    }

    private static void Compare(Random random, ResourceStore store, Model model)
    {
        store.Revision.ShouldBe(model.Revision);
        var kind = Kinds[random.Next(Kinds.Length)];
        var ns = random.Next(2) == 0 ? null : $"ns{random.Next(2)}";
        var list = store.List(kind, ns);
        list.Revision.ShouldBe(model.Revision);
        list.Items.Select(item => item.Text()).ShouldBe(model.List(kind, ns));

        var after = random.NextInt64(Math.Max(1, model.Revision - 80), model.Revision + 1);

        try
        {
            var seen = store.Watch(kind, ns, after).ReadAll();
            seen.Select(change => $"{change.Type} {change.Object.Text()} {change.Previous?.Text()}")
                .ShouldBe(model.ChangesAfter(kind, ns, after));
        }
        catch (RevisionExpiredException expired)
        {
            // Only what the history need not hold may be refused; that it holds enough, other tests show.
            expired.Oldest.ShouldBeInRange(after + 1, model.Revision);
            model.MayBeGone(kind, after).ShouldBeTrue();
        }
    }

    /// <summary>The store as one would write it if there were no disk and no time.</summary>
    private sealed class Model
    {
        private readonly SortedDictionary<string, (long Revision, string Text)> _objects = new(StringComparer.Ordinal);
        private readonly List<(ResourceKind Kind, string Namespace, long Revision, string Text)> _changes = [];
        private long _restartedAt;

        public long Revision { get; private set; } = StoreState.FirstRevision;

        public void Restart() => _restartedAt = Revision;

        public long RevisionOf(ResourceKind kind, string ns, string name) =>
            _objects.GetValueOrDefault($"{kind.Kind}/{ns}/{name}").Revision;

        public (StoreConflictReason? Reason, string Text) Do(StoreWrite write)
        {
            var key = $"{write.Kind.Kind}/{write.Namespace}/{write.Name}";
            var isThere = _objects.TryGetValue(key, out var current);

            if (isThere == (write.Operation == StoreOperation.Create))
            {
                return (isThere ? StoreConflictReason.AlreadyExists : StoreConflictReason.NotFound, "");
            }

            if (isThere && write.ExpectedRevision is { } expected && expected != current.Revision)
            {
                return (StoreConflictReason.RevisionMismatch, "");
            }

            var json = System.Text.Encoding.UTF8.GetString(write.Json.Span);
            var text = json.Insert(write.VersionOffset, $"\"resourceVersion\":\"{++Revision}\",");
            var type = "Deleted";
            _objects.Remove(key);

            if (write.Operation != StoreOperation.Delete)
            {
                _objects[key] = (Revision, text);
                type = isThere ? "Modified" : "Added";
            }

            _changes.Add((write.Kind, write.Namespace!, Revision, $"{type} {text} {(isThere ? current.Text : null)}"));
            return (null, text);
        }

        public IEnumerable<string> List(ResourceKind kind, string? ns) =>
            _objects
                .Where(item => item.Key.StartsWith($"{kind.Kind}/{ns}", StringComparison.Ordinal))
                .Select(item => item.Value.Text);

        public IEnumerable<string> ChangesAfter(ResourceKind kind, string? ns, long revision) =>
            _changes
                .Where(change => change.Kind == kind && change.Revision > revision)
                .Where(change => ns is null || change.Namespace == ns)
                .Select(change => change.Text);

        /// <summary>Something happened to the kind since, or it is one that forgets everything at a restart.</summary>
        public bool MayBeGone(ResourceKind kind, long revision) =>
            ChangesAfter(kind, null, revision).Any() || (kind.HasNoHistory && revision < _restartedAt);
    }
}
