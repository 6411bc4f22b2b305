using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Vireo.Api;

namespace Vireo.ApiServer.Metrics;

/// <summary>Counts requests by what they do to what, and how long they take, under Kubernetes' names.</summary>
/// <param name="inner">Answers the requests.</param>
/// <param name="time">The time.</param>
internal sealed class RequestMetrics(RequestDelegate inner, TimeProvider time)
{
    private readonly ConcurrentDictionary<RequestName, RequestSeries> _series = new();

    /// <summary>All that was counted, in an order that stays.</summary>
    public IReadOnlyList<RequestSeries> Read() =>
        [.. _series.Values.OrderBy(series => series.Name.ToString(), StringComparer.Ordinal)];

    /// <summary>Answers a request and counts it.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        context.Features.Set(this);
        try
        {
            await inner(context);
        }
        finally
        {
            context.Features.Get<RequestSeries>()?.End(context.Response.StatusCode, time.GetElapsedTime(started));
        }
    }

    /// <summary>Says what a request is about, as soon as that is known; others are not counted.</summary>
    public static void Name(HttpContext context, ResourceKind kind, string? subresource, string verb)
    {
        if (context.Features.Get<RequestMetrics>() is { } metrics)
        {
            var name = new RequestName(kind, subresource ?? "", verb);
            var series = metrics._series.GetOrAdd(name, static name => new(name));
            series.Begin();
            context.Features.Set(series);
        }
    }
}

/// <summary>What requests have in common that are counted together.</summary>
/// <param name="Kind">The kind of object.</param>
/// <param name="Subresource">The part of it; empty for the object.</param>
/// <param name="Verb">What is done, in the words of roles.</param>
internal readonly record struct RequestName(ResourceKind Kind, string Subresource, string Verb)
{
    /// <summary>True for what lasts as long as the client likes.</summary>
    public bool IsLong => Verb == "watch";

    /// <summary>True for what changes nothing.</summary>
    public bool IsRead => Verb is "get" or "list" or "watch";

    /// <summary>The verb as Kubernetes' metrics write it.</summary>
    public string Method =>
        Verb switch
        {
            "create" => "POST",
            "update" => "PUT",
            _ => Verb.ToUpperInvariant(),
        };
}

/// <summary>The counts of one sort of request.</summary>
internal sealed class RequestSeries(RequestName name)
{
    /// <summary>The upper ends of the ranges in which times are counted, in seconds.</summary>
    public static IReadOnlyList<double> Bounds { get; } =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly ConcurrentDictionary<int, Counter> _codes = new();
    private readonly long[] _times = new long[Bounds.Count + 1];
    private long _ticks;
    private long _underWay;

    public RequestName Name => name;

    /// <summary>How many are not answered yet.</summary>
    public long UnderWay => Volatile.Read(ref _underWay);

    /// <summary>The sum of all times.</summary>
    public TimeSpan Sum => TimeSpan.FromTicks(Volatile.Read(ref _ticks));

    /// <summary>How many took no longer than each bound and longer than the one before; at last the rest.</summary>
    public IReadOnlyList<long> Times => _times;

    /// <summary>How many were answered by each status code.</summary>
    public IEnumerable<(int Code, long Count)> Codes =>
        _codes.OrderBy(entry => entry.Key).Select(entry => (entry.Key, entry.Value.Count));

    public void Begin() => Interlocked.Increment(ref _underWay);

    public void End(int code, TimeSpan took)
    {
        Interlocked.Decrement(ref _underWay);
        _codes.GetOrAdd(code, static _ => new()).Add();
        var range = 0;
        while (range < Bounds.Count && took.TotalSeconds > Bounds[range])
        {
            range++;
        }

        Interlocked.Increment(ref _times[range]);
        Interlocked.Add(ref _ticks, took.Ticks);
    }

    private sealed class Counter
    {
        private long _count;

        public long Count => Volatile.Read(ref _count);

        public void Add() => Interlocked.Increment(ref _count);
    }
}
