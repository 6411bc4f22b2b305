using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.Runtime;

/// <summary>
/// Tells users what was done about an object, as Kubernetes Events. Repeats are counted, not told again.
/// </summary>
/// <param name="client">Where the events go.</param>
/// <param name="component">Who tells.</param>
/// <param name="host">The host it runs on; null when that does not matter.</param>
/// <param name="time">Dates the events.</param>
public sealed class EventRecorder(KubernetesClient client, string component, string? host, TimeProvider time)
{
    private const int MaxNameLength = 253;
    private const int MaxMessageLength = 1024;
    private static readonly TimeSpan RepeatWindow = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<Told, Occurrence> _told = [];

    /// <summary>How many events are remembered, to be counted when they repeat.</summary>
    public int MaxRemembered { get; init; } = 4096;

    /// <summary>Tells one event. Never throws: an event that cannot be told is no reason to stop the work.</summary>
    /// <param name="about">The object.</param>
    /// <param name="type">Normal or Warning.</param>
    /// <param name="reason">What happened, in one CamelCase word.</param>
    /// <param name="message">What happened, for a person.</param>
    /// <param name="ct">Ends the try.</param>
    public Task RecordAsync(IResource about, string type, string reason, string message, CancellationToken ct) =>
        RecordAsync(ReferenceTo(about), type, reason, message, ct);

    /// <inheritdoc cref="RecordAsync(IResource, string, string, string, CancellationToken)" />
    /// <param name="about">The object, without its revision: it differs from one occurrence to the next.</param>
    public async Task RecordAsync(
        ObjectReference about,
        string type,
        string reason,
        string message,
        CancellationToken ct
    )
    {
        message = message.Length <= MaxMessageLength ? message : message[..(MaxMessageLength - 3)] + "...";
        var told = new Told(about, type, reason, message);
        var occurrence = Count(told);
        try
        {
            if (occurrence.Count == 1 || !await TryRepeatAsync(occurrence, ct))
            {
                await client.CreateAsync(EventOf(told, occurrence), ct);
            }
        }
        catch (Exception e) when (e is ApiException or OperationCanceledException)
        {
            // The next one of its kind is told as new: nobody has this one to count on.
            Forget(told, occurrence);
        }
    }

    private Occurrence Count(Told told)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            var occurrence =
                _told.TryGetValue(told, out var before) && now - before.Last < RepeatWindow
                    ? before with
                    {
                        Count = before.Count + 1,
                        Last = now,
                    }
                    : new Occurrence(KeyOf(told, now), 1, now, now);
            if (_told.Count >= MaxRemembered)
            {
                MakeRoomLocked(now);
            }

            _told[told] = occurrence;
            return occurrence;
        }
    }

    private void MakeRoomLocked(DateTimeOffset now)
    {
        foreach (
            var old in _told.Where(pair => now - pair.Value.Last >= RepeatWindow).Select(pair => pair.Key).ToList()
        )
        {
            _told.Remove(old);
        }

        if (_told.Count >= MaxRemembered)
        {
            _told.Clear();
        }
    }

    private void Forget(Told told, Occurrence occurrence)
    {
        lock (_gate)
        {
            if (_told.TryGetValue(told, out var now) && now.Event == occurrence.Event)
            {
                _told.Remove(told);
            }
        }
    }

    private async Task<bool> TryRepeatAsync(Occurrence occurrence, CancellationToken ct)
    {
        var change = new JsonObject
        {
            ["count"] = occurrence.Count,
            ["lastTimestamp"] = occurrence.Last.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
        try
        {
            await client.PatchAsync<Event>(occurrence.Event, Patch.Merge(change), ct);
            return true;
        }
        catch (ApiException e) when (e.Reason == Reason.NotFound)
        {
            return false;
        }
    }

    private Event EventOf(Told told, Occurrence occurrence) =>
        new()
        {
            Metadata = new() { Namespace = occurrence.Event.Namespace, Name = occurrence.Event.Name },
            InvolvedObject = told.About,
            Type = told.Type,
            Reason = told.Reason,
            Message = told.Message,
            Count = occurrence.Count,
            FirstTimestamp = occurrence.First,
            LastTimestamp = occurrence.Last,
            Source = new() { Component = component, Host = host },
            ReportingComponent = component,
            ReportingInstance = host,
        };

    /// <summary>The object without its revision, which differs from one occurrence to the next.</summary>
    private static ObjectReference ReferenceTo(IResource about)
    {
        var kind = ResourceKinds.All.FirstOrDefault(kind => kind.TypeInfo.Type == about.GetType());
        return new()
        {
            ApiVersion = kind?.ApiVersion ?? about.ApiVersion,
            Kind = kind?.Kind ?? about.Kind,
            Namespace = about.Metadata.Namespace,
            Name = about.Metadata.Name,
            Uid = about.Metadata.Uid,
        };
    }

    private static ResourceKey KeyOf(Told told, DateTimeOffset now)
    {
        var text = string.Join('\n', told.About, told.Type, told.Reason, told.Message, now.Ticks);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
        var name = told.About.Name ?? "unnamed";
        var room = MaxNameLength - hash.Length - 1;
        return new(
            told.About.Namespace ?? "default",
            $"{name[..Math.Min(name.Length, room)].TrimEnd('.', '-')}.{hash}"
        );
    }

    private sealed record Told(ObjectReference About, string Type, string Reason, string Message);

    private sealed record Occurrence(ResourceKey Event, int Count, DateTimeOffset First, DateTimeOffset Last);
}
