using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Model;

/// <summary>
/// Sends the same random requests to a server and to a model in memory, restarts included, and compares every answer
/// and every event of every watch.
/// </summary>
/// <remarks>More runs, or a certain one: <c>VIREO_MODEL_SEEDS=1000-1200 ... -class "*ModelTests"</c>.</remarks>
public sealed class ModelTests(ITestOutputHelper output)
{
    private const int Steps = 500;
    private const int MostWatches = 12;

    /// <summary>Watches end after an hour.</summary>
    private const int MostAges = 8;

    /// <summary>Longer than changes are kept.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(6);

    public static TheoryData<int> Seeds
    {
        get
        {
            var range = Environment.GetEnvironmentVariable("VIREO_MODEL_SEEDS")?.Split('-').Select(int.Parse).ToArray();
            return range is [var first, .., var last] ? [.. Enumerable.Range(first, last - first + 1)]
                : range is [var only] ? [only]
                : [1, 2, Environment.TickCount & 0xFFFFFF];
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public async Task Every_answer_and_every_watch_is_what_a_dictionary_and_a_list_of_changes_say(int seed)
    {
        output.WriteLine($"seed {seed}");
        await using var run = await ModelRun.StartAsync(new Random(seed), output);
        for (var step = 0; step < Steps; step++)
        {
            await run.StepAsync();
        }

        await run.EndAsync();
    }

    /// <summary>A server, the model of it, and the watches that are open.</summary>
    private sealed class ModelRun : IAsyncDisposable
    {
        private readonly Random _random;
        private readonly ITestOutputHelper _output;
        private readonly List<ModelWatch> _watches = [];
        private readonly Queue<ModelPages> _pages = [];
        private readonly string _folder = Directory.CreateTempSubdirectory("vireo-model-").FullName;
        private readonly ManualTimeProvider _time = new();
        private RunningServer _server = null!;
        private RandomRequests _requests = null!;
        private ModelCluster _model = null!;
        private int _ages;
        private int _late;

        private ModelRun(Random random, ITestOutputHelper output) => (_random, _output) = (random, output);

        public static async Task<ModelRun> StartAsync(Random random, ITestOutputHelper output)
        {
            var run = new ModelRun(random, output);
            run._server = await RunningServer.StartAsync(run._time, run._folder);
            string[] namespaces = [.. RandomRequests.Namespaces.Take(2)];
            foreach (var ns in namespaces)
            {
                await run._server.PostAsync("/api/v1/namespaces", $$$"""{"metadata":{"name":"{{{ns}}}"}}""");
            }

            var list = await run._server.GetAsync("/api/v1/configmaps");
            run._model = new(long.Parse(list["metadata"]!["resourceVersion"]!.ToString()), run._time, namespaces);
            run._requests = new(random, run._model);
            return run;
        }

        public async Task StepAsync()
        {
            await DoAsync(_requests.Next());
            switch (_random.Next(40))
            {
                case 0 or 1 when _watches.Count < MostWatches:
                    await WatchAsync();
                    break;
                case 2 when _watches.Count > 0:
                    await _watches[_random.Next(_watches.Count)].CompareAsync(_model);
                    break;
                case 3:
                    _pages.Enqueue(
                        new(_requests.Kind(), RandomRequests.Namespaces[_random.Next(2)], _random.Next(1, 3))
                    );
                    break;
                case 4 when _random.Next(12) == 0:
                    await RestartAsync();
                    break;
                case 5 when _ages < MostAges:
                    await AgeAsync();
                    break;
                case 6:
                    await WatchFromAsync(_requests.Kind());
                    break;
            }

            if (_pages.TryPeek(out var pages) && _random.Next(3) == 0 && !await pages.NextAsync(_server, _model))
            {
                _pages.Dequeue();
            }
        }

        public async Task EndAsync()
        {
            await RestartAsync();
            foreach (var watch in _watches)
            {
                await watch.CompareAsync(_model);
            }

            _output.WriteLine(
                $"{_model.Revision - _model.FirstRevision} writes, {_watches.Count} watches, {_late} too late"
            );
        }

        public async ValueTask DisposeAsync()
        {
            _watches.ForEach(watch => watch.Dispose());
            await _server.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }

        private async Task DoAsync(ModelRequest asked)
        {
            _output.WriteLine($"{_model.Revision} {asked}");
            var type = asked.Body is null ? "" : asked.Type;
            var reply = await _server.SendAsync(
                asked.Method,
                asked.Path,
                asked.Body?.ToJsonString(),
                type,
                asked.Accept
            );
            ((int)reply.Code).ShouldBe(asked.Answer.Code, $"{asked}: {reply.Text}");
            if (asked.Answer.Reason is { } reason)
            {
                reply.Reason.ShouldBe(reason, $"{asked}: {reply.Text}");
            }

            if (asked.Answer.Conflicts is { Count: > 0 } conflicts)
            {
                Conflicts(reply).ShouldBe(conflicts, $"{asked}");
            }

            if (asked.Answer.Body is { } body)
            {
                if (asked.Answer.Code == 201)
                {
                    // The identity and, of a machine, the first status are all that the model cannot know.
                    body["metadata"]!["uid"] = Guid.Parse(reply["metadata"]!["uid"]!.ToString()).ToString();
                    if (reply.Json["status"] is JsonObject status)
                    {
                        body["status"] = status.DeepClone();
                    }
                }

                Compared.Same(body, reply.Json, $"{asked}");
            }
        }

        private async Task WatchAsync()
        {
            var ns = _random.Next(3) == 0 ? null : RandomRequests.Namespaces[_random.Next(2)];
            // Across namespaces there are config maps that the server made before the model began.
            var kind = ns is null ? ModelKind.Machines : _requests.Kind();
            var watch = new ModelWatch(kind, ns, ModelSelector.Pick(_random), ModelTable.Pick(_random));
            _watches.Add(watch);
            await (
                _random.Next(3) switch
                {
                    0 => watch.BeginAsync(_server, _model, marksEnd: false),
                    1 => watch.BeginAsync(_server, _model, marksEnd: true),
                    _ => watch.FollowAsync(_server, _model.Revision),
                }
            );
        }

        /// <summary>A watch from an earlier revision, if that is still held.</summary>
        private async Task WatchFromAsync(ModelKind kind)
        {
            var revision = _requests.Reads.RevisionOf(kind);
            var watch = new ModelWatch(
                kind,
                RandomRequests.Namespaces[_random.Next(2)],
                ModelSelector.Pick(_random),
                ModelTable.Pick(_random)
            );
            if (_model.History.IsGone(kind, revision) == true)
            {
                await watch.ComesTooLateAsync(_server, revision);
                watch.Dispose();
                _late++;
            }
            else
            {
                await watch.FollowAsync(_server, revision);
                if (_watches.Count == MostWatches)
                {
                    _watches[0].Dispose();
                    _watches.RemoveAt(0);
                }

                _watches.Add(watch);
            }
        }

        /// <summary>Time goes by, and the server lets go of what happened before.</summary>
        private async Task AgeAsync()
        {
            _output.WriteLine("age");
            foreach (var watch in _watches)
            {
                await watch.CompareAsync(_model);
            }

            _ages++;
            _pages.Clear();
            _time.Advance(Age);
            _model.History.Age();
            // It tidies up after a write, which has been done once the next is answered.
            for (var writes = 0; writes < 2; )
            {
                var before = _model.Revision;
                await DoAsync(_requests.Next());
                writes += _model.Revision > before ? 1 : 0;
            }

            _model.History.LetGo();
            foreach (var watch in _watches.Where(watch => !watch.IsWhole))
            {
                // Whether it had come to the last change, which it does not show, nobody can know.
                await watch.ResumeAsync(_server);
            }
        }

        private static string[] Conflicts(Reply reply) =>
            [
                .. reply["details"]!["causes"]!
                    .AsArray()
                    .Select(cause => $"{cause!["message"]!.ToString().Split('"')[1]} {cause["field"]}")
                    .Order(StringComparer.Ordinal),
            ];

        /// <summary>Ends the server in good order: watches have told all, and go on where they were.</summary>
        private async Task RestartAsync()
        {
            _output.WriteLine("restart");
            foreach (var watch in _watches)
            {
                await watch.CompareAsync(_model);
            }

            await _server.DisposeAsync();
            foreach (var watch in _watches)
            {
                await watch.EndsAsync();
            }

            _pages.Clear();
            _ages = 0;
            _model.History.Restart();
            _server = await RunningServer.StartAsync(_time, _folder);
            foreach (var watch in _watches)
            {
                await watch.ResumeAsync(_server);
            }
        }
    }

    /// <summary>A list that is read page by page while others write: all pages show the moment of the first.</summary>
    private sealed class ModelPages(ModelKind kind, string ns, int limit)
    {
        private IReadOnlyList<JsonObject> _left = [];
        private string _continue = "";
        private long _revision;

        /// <summary>Reads and compares the next page.</summary>
        /// <returns>False when it was the last.</returns>
        public async Task<bool> NextAsync(RunningServer server, ModelCluster model)
        {
            if (_continue.Length == 0)
            {
                _left = [.. model.List(kind, ns, ModelSelector.All[0]).Select(ModelCluster.Copy)];
                _revision = model.Revision;
            }

            var reply = await server.GetAsync($"{kind.Path(ns)}?limit={limit}&continue={_continue}");
            reply.Code.ShouldBe(System.Net.HttpStatusCode.OK, reply.Text);
            var expected = ModelCluster.ListAnswer(kind, _left.Take(limit), _revision).Body!;
            _left = [.. _left.Skip(limit)];
            _continue = Uri.EscapeDataString(reply["metadata"]!["continue"]?.ToString() ?? "");
            if (_left.Count > 0)
            {
                expected["metadata"]!["remainingItemCount"] = _left.Count;
                expected["metadata"]!["continue"] = reply["metadata"]!["continue"]!.ToString();
            }

            Compared.Same(expected, reply.Json, $"a page of {kind.Path(ns)}");
            return _left.Count > 0;
        }
    }
}
