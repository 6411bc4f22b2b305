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
    public void A_wanted_reboot_is_read_as_it_was_written_until_it_is_forgotten()
    {
        var folder = new InstanceFolder(_state, "u1");
        folder.Create();
        folder.ReadReboot().ShouldBeNull();
        folder.ForgetReboot();
        var reboot = new RebootIntent(RebootSource.SoftReboot, new(2026, 1, 1, 12, 0, 0, 123, TimeSpan.Zero), true);
        folder.WriteReboot(reboot);
        folder.ReadReboot().ShouldBe(reboot);
        folder.ForgetReboot();
        folder.ReadReboot().ShouldBeNull();
    }

    [Fact]
    public void An_intent_of_an_older_agent_says_neither_boot_nor_policy()
    {
        var folder = new InstanceFolder(_state, "u1");
        folder.Create();
        const string written = """{"uid":"u1","namespace":"default","name":"tiny","at":"2026-01-01T12:00:00Z"}""";
        File.WriteAllText(Path.Combine(folder.Path, "intent.json"), written);
        var intent = folder.ReadIntent().ShouldNotBeNull();
        (intent.BootId, intent.EndsOnReboot).ShouldBe((null, false));
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
