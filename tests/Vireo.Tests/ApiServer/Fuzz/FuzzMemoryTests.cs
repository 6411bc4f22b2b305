using System.Text;
using Vireo.Tests.ApiServer.Routing;

namespace Vireo.Tests.ApiServer.Fuzz;

/// <summary>What is refused is gone.</summary>
[Collection(MemoryCollection.Name)]
public sealed class FuzzMemoryTests : IAsyncLifetime
{
    private FuzzServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await FuzzServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task What_is_refused_leaves_nothing_in_memory()
    {
        var large = Encoding.UTF8.GetBytes("{\"a\":\"" + new string('x', 2_500_000) + "\"}");
        await FloodAsync(large, 10);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await FloodAsync(large, 100);
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(30_000_000);
        _server.ShouldBeWell();
    }

    private async Task FloodAsync(byte[] large, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await _server.SendAsync(new("POST", RunningServer.Vms, large, "application/json"));
            await _server.SendAsync(new("GET", $"{RunningServer.ConfigMaps}?watch=true&resourceVersion=1"));
            await _server.SendAsync(new("GET", $"{RunningServer.ConfigMaps}?labelSelector=a{i}&limit=1"));
        }
    }
}
