using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Api;
using Vireo.ApiServer.Storage;
using Vireo.Sqlite;

namespace Vireo.Tests.ApiServer.Storage;

/// <summary>A folder with one state file, gone after the test.</summary>
public sealed class StoreFolder : IDisposable
{
    // In memory where there is such a place: a disk's sync would be most of the time of these tests.
    private static readonly string Root = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    public StoreFolder() => Directory.CreateDirectory(Folder);

    public string Folder { get; } = Path.Combine(Root, $"vireo-store-{Guid.NewGuid():N}");

    public string State => Path.Combine(Folder, "state.db");

    internal ResourceStore Open(StoreLimits? limits = null, TimeProvider? time = null) =>
        ResourceStore.Open(State, time ?? TimeProvider.System, NullLogger.Instance, limits ?? StoreLimits.Default);

    /// <summary>The file itself, while no store has it.</summary>
    public SqliteConnection OpenFile() => SqliteConnection.Open(State, SqliteOpenMode.ReadWrite);

    public long CountRows()
    {
        using var db = OpenFile();
        return db.ReadInt64("SELECT count(*) FROM log");
    }

    /// <summary>What a killed process, or a machine without power, would leave right now.</summary>
    public StoreFolder CopyAsKilled()
    {
        var copy = new StoreFolder();
        File.Copy(State, copy.State);
        File.Copy(State + "-wal", copy.State + "-wal");
        return copy;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>Writes with little to say, so that tests are short.</summary>
internal static class Write
{
    public static StoreWrite Create(string name, string body = "", ResourceKind? kind = null, string? ns = "default") =>
        Of(StoreOperation.Create, name, null, body, kind, ns);

    public static StoreWrite Update(
        string name,
        string body = "",
        long? expected = null,
        ResourceKind? kind = null,
        string? ns = "default"
    ) => Of(StoreOperation.Update, name, expected, body, kind, ns);

    public static StoreWrite Delete(
        string name,
        long? expected = null,
        ResourceKind? kind = null,
        string? ns = "default"
    ) => Of(StoreOperation.Delete, name, expected, "last", kind, ns);

    public static StoreWrite Of(
        StoreOperation operation,
        string name,
        long? expected,
        string body,
        ResourceKind? kind,
        string? ns
    )
    {
        const string start = "{\"metadata\":{";
        var json = Encoding.UTF8.GetBytes($"{start}\"name\":\"{name}\"}},\"body\":\"{body}\"}}");
        return new(operation, kind ?? ResourceKinds.ConfigMaps, ns, name, expected, json, start.Length);
    }

    public static Task<StoredObject> DoAsync(this ResourceStore store, StoreWrite write) =>
        store.WriteAsync(write, TestContext.Current.CancellationToken);

    public static string Text(this StoredObject stored) => Encoding.UTF8.GetString(stored.Json.Span);

    /// <summary>Type, revision and name: what an event is about, in one short text.</summary>
    public static string Brief(this StoreEvent change) =>
        $"{change.Type} {change.Object.Namespace}/{change.Object.Name}@{change.Revision}";

    /// <summary>The changes that are there now.</summary>
    public static List<StoreEvent> ReadAll(this StoreWatch watch)
    {
        var changes = new List<StoreEvent>();

        while (watch.TryRead(out var change))
        {
            changes.Add(change);
        }

        return changes;
    }
}

/// <summary>A clock that stands still until a test moves it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _now, by.Ticks);
}
