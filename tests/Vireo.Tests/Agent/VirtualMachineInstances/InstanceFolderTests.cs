using Vireo.Agent;

namespace Vireo.Tests.Agent;

public sealed class InstanceFolderTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("vireo-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public void An_intent_is_read_as_it_was_written()
    {
        var folder = new InstanceFolder(_state, "u1");
        folder.ReadIntent().ShouldBeNull();
        folder.Create();
        folder.ReadIntent().ShouldBeNull();
        var intent = new StartIntent("u1", "default", "tiny", new(2026, 1, 1, 12, 0, 0, 123, TimeSpan.Zero));
        folder.WriteIntent(intent);
        folder.ReadIntent().ShouldBe(intent);
        InstanceFolder.List(_state).ShouldBe(["u1"]);
        folder.Delete();
        folder.Delete();
        folder.ReadIntent().ShouldBeNull();
        InstanceFolder.List(_state).ShouldBeEmpty();
    }

    [Fact]
    public void A_torn_intent_counts_as_none()
    {
        var folder = new InstanceFolder(_state, "u1");
        folder.Create();
        File.WriteAllText(Path.Combine(folder.Path, "intent.json"), "{\"uid\":");
        folder.ReadIntent().ShouldBeNull();
    }

    [Fact]
    public void A_state_folder_whose_sockets_would_not_fit_is_refused_in_words()
    {
        InstanceFolder.PathFault("/var/lib/vireo").ShouldBeNull();
        var fault = InstanceFolder.PathFault("/" + new string('x', 60)).ShouldNotBeNull();
        fault.ShouldContain("bytes too long");
        fault.ShouldContain("shorter path");
    }
}
