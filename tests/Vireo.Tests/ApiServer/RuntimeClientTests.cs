using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Tests.ApiServer;

/// <summary>Vireo's own client and informer against the real server: the two rooms fit.</summary>
public sealed class RuntimeClientTests : IAsyncLifetime
{
    private static readonly ResourceKey Key = new("default", "a");

    private RunningServer _server = null!;
    private KubernetesClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        _client = new KubernetesClient(_server.Own);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task An_object_is_made_read_changed_and_deleted()
    {
        var ct = TestContext.Current.CancellationToken;
        (await _client.FindAsync<ConfigMap>(Key, ct)).ShouldBeNull();
        var made = await _client.CreateAsync(Map("1"), ct);
        (await Should.ThrowAsync<ApiException>(() => _client.CreateAsync(Map("1"), ct))).Reason.ShouldBe(
            Reason.AlreadyExists
        );
        var changed = await _client.ReplaceAsync(
            made with
            {
                Data = new Dictionary<string, string> { ["k"] = "2" },
            },
            ct
        );
        (await Should.ThrowAsync<ApiException>(() => _client.ReplaceAsync(made, ct))).Reason.ShouldBe(Reason.Conflict);
        changed.Metadata.ResourceVersion.ShouldNotBe(made.Metadata.ResourceVersion);
        var merged = await _client.PatchAsync<ConfigMap>(
            Key,
            Patch.Merge(JsonNode.Parse("""{"data":{"k":"3"}}""")!),
            ct
        );
        merged.Data!["k"].ShouldBe("3");
        (await _client.ListAsync<ConfigMap>(new ListQuery { Namespace = "default" }, ct)).Items.Count.ShouldBe(1);
        await _client.DeleteAsync<ConfigMap>(Key, null, ct);
        (await _client.FindAsync<ConfigMap>(Key, ct)).ShouldBeNull();
    }

    [Fact]
    public async Task An_informer_follows_the_server()
    {
        using var stop = new CancellationTokenSource();
        var informer = new Informer<ConfigMap>(_client, new ListQuery(), TimeProvider.System, NullLogger.Instance);
        var running = informer.RunAsync(stop.Token);
        await informer.WaitForSyncAsync(TestContext.Current.CancellationToken);
        await _client.CreateAsync(Map("1"), stop.Token);
        await Eventually.HoldsAsync(() => informer.Find(Key)?.Data?["k"] == "1");
        await _server.MergeAsync(RunningServer.ConfigMaps + "/a", """{"data":{"k":"2"}}""");
        await Eventually.HoldsAsync(() => informer.Find(Key)?.Data?["k"] == "2");
        await _client.DeleteAsync<ConfigMap>(Key, null, stop.Token);
        await Eventually.HoldsAsync(() => informer.Find(Key) is null);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(20)).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static ConfigMap Map(string value) =>
        new()
        {
            Metadata = new ObjectMeta { Namespace = Key.Namespace, Name = Key.Name },
            Data = new Dictionary<string, string> { ["k"] = value },
        };
}
