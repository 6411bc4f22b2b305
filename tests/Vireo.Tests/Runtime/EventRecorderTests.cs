using System.Net;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Tests.Runtime;

public sealed class EventRecorderTests : IDisposable
{
    private readonly FakeApi _api = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly EventRecorder _events;

    public EventRecorderTests() => _events = new(_api.Client, "vireo-controller", "host1", _clock);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _api.Dispose();

    private static Host Host { get; } =
        new()
        {
            Metadata = new() { Name = "h1", Uid = "u1" },
        };

    private static ConfigMap Map { get; } =
        new()
        {
            Metadata = new()
            {
                Namespace = "ns",
                Name = "m",
                Uid = "u2",
            },
        };

    private async Task<Event[]> All() => [.. (await _api.Client.ListAsync<Event>(new(), Ct)).Items];

    private Task Tell(string message = "it began", IResource? about = null) =>
        _events.RecordAsync(about ?? Map, "Normal", "Started", message, Ct);

    [Fact]
    public async Task An_event_names_its_object_and_who_tells_it()
    {
        await Tell();

        var told = (await All()).Single();
        told.Metadata.Namespace.ShouldBe("ns");
        told.Metadata.Name!.ShouldMatch(@"^m\.[0-9a-f]{16}$");
        told.InvolvedObject.ShouldBe(
            new ObjectReference
            {
                ApiVersion = "v1",
                Kind = "ConfigMap",
                Namespace = "ns",
                Name = "m",
                Uid = "u2",
            }
        );
        (told.Type, told.Reason, told.Message, told.Count).ShouldBe(("Normal", "Started", "it began", 1));
        (told.Source!.Component, told.Source.Host, told.ReportingComponent).ShouldBe(
            ("vireo-controller", "host1", "vireo-controller")
        );
        told.FirstTimestamp.ShouldBe(_clock.GetUtcNow());
    }

    [Fact]
    public async Task Repeats_within_ten_minutes_are_counted()
    {
        var began = _clock.GetUtcNow();
        for (var i = 0; i < 3; i++)
        {
            await Tell();
            _clock.Advance(TimeSpan.FromMinutes(9));
        }

        var told = (await All()).Single();
        (told.Count, told.FirstTimestamp, told.LastTimestamp).ShouldBe((3, began, began.AddMinutes(18)));
        _clock.Advance(TimeSpan.FromMinutes(10));
        await Tell();
        (await All()).Select(item => item.Count).ShouldBe([3, 1], ignoreOrder: true);
    }

    [Fact]
    public async Task Other_objects_and_other_messages_are_events_of_their_own()
    {
        await Tell();
        await Tell("it began again");
        await Tell(about: Host);

        var all = await All();
        all.Length.ShouldBe(3);
        all.Single(told => told.InvolvedObject.Kind == "Host").Metadata.Namespace.ShouldBe("default");
    }

    [Fact]
    public async Task An_event_that_was_removed_is_told_again()
    {
        await Tell();
        await _api.Client.DeleteAsync<Event>(ResourceKey.Of((await All()).Single()), null, Ct);
        await Tell();
        (await All()).Single().Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_server_that_refuses_is_no_reason_to_stop()
    {
        _api.AnswerNext(HttpStatusCode.Forbidden, "no");
        await Tell();
        await Tell();
        (await All()).Single().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Long_names_and_messages_are_cut()
    {
        var about = Map with { Metadata = Map.Metadata with { Name = new string('n', 253) } };
        await Tell(new string('m', 5000), about);
        var told = (await All()).Single();
        told.Metadata.Name!.Length.ShouldBe(253);
        told.Message!.Length.ShouldBe(1024);
    }
}
