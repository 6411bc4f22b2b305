using System.Globalization;

namespace Vireo.Acceptance;

/// <summary>A guest moves between two hosts, whatever happens in between: it runs on exactly one of them.</summary>
[Collection(MovingCollection.Name)]
public sealed class MigrationTests(MovingGuest guest)
{
    private static readonly (string Field, string Value)[] Hasty =
    [
        ("allowAutoConverge", "true"),
        ("allowPostCopy", "true"),
        ("completionTimeoutPerGiB", "5"),
    ];

    [Fact]
    public async Task A_guest_moves_with_its_disks_console_and_screen_and_does_not_notice()
    {
        var from = await guest.HostAsync();
        var to = TwoHosts.OtherThan(from);
        var uid = (string)(await guest.FindAsync())!["metadata"]!["uid"]!;
        await guest.AskAsync("echo written-before >/tmp/note; md5sum /dev/vdb >/tmp/seed; (disks write &)");
        await Eventually.Holds(async () => await WrittenAsync() > 0, "it writes to its disks");

        var migration = await guest.MoveAsync();
        var done = await guest.InPhaseAsync(migration, "Succeeded");
        var before = await WrittenAsync();
        await Eventually.Holds(async () => await WrittenAsync() > before, "it writes still");
        await guest.AskAsync("disks stop");

        var state = done!["status"]!["migrationState"]!;
        ((string?)state["sourceNode"], (string?)state["targetNode"]).ShouldBe((from, to));
        ((string?)state["targetNodeAddress"])!.ShouldStartWith("https://");
        await guest.RunsOnlyOnAsync(to);
        var vmi = (await guest.FindAsync())!;
        ((string?)vmi["metadata"]!["uid"], (string?)vmi["status"]!["phase"]).ShouldBe((uid, "Running"));
        ((string?)vmi["metadata"]!["labels"]!["kubevirt.io/nodeName"]).ShouldBe(to);
        ((long?)vmi["status"]!["migrationState"]!["progress"]!["downtimeMilliseconds"]).ShouldNotBeNull();

        // Its memory, its disks, and what it said before.
        (await guest.AskAsync("cat /tmp/note; md5sum -c /tmp/seed")).ShouldBe("written-before\n/dev/vdb: OK");
        ((long)vmi["status"]!["migrationState"]!["progress"]!["diskTotal"]!).ShouldBeInRange(
            1 << 20,
            MovingGuest.SharedBytes - 1,
            "the disk that both hosts have is not sent"
        );
        await using var console = await guest.OpenAsync("console");
        await console.ReadUntilAsync("VIREO-GUEST-READY");
        await using var screen = await guest.OpenAsync("vnc");
        await screen.ReadUntilAsync("RFB 003");
    }

    [Fact]
    public async Task Its_memory_is_read_on_the_network_only_when_the_cluster_asks_for_plain_text()
    {
        await guest.AskAsync("yes not-for-others | head -c 4194304 >/tmp/secret");
        using var eavesdropper = new Eavesdropper("not-for-others\nnot-for-others\n");
        await MovesAtLastAsync(await guest.HostAsync());
        eavesdropper.Bytes.ShouldBeGreaterThan(4 << 20, "it hears the guest move");
        eavesdropper.HasRead.ShouldBeFalse();

        await guest.ConfigureAsync("disableTLS", "true");
        try
        {
            await MovesAtLastAsync(await guest.HostAsync());
            eavesdropper.HasRead.ShouldBeTrue();
        }
        finally
        {
            await guest.ConfigureAsync("disableTLS", "null");
            await guest.AskAsync("rm /tmp/secret");
        }
    }

    [Fact]
    public async Task A_move_tells_how_far_it_is_holds_what_is_edited_meanwhile_and_is_cancelled_by_deleting_it()
    {
        var from = await guest.HostAsync();
        await guest.LimitAsync(2);
        var migration = await guest.MoveAsync();
        var moving = await guest.MovesAsync(migration);
        ((long)moving["progress"]!["memoryTotal"]!).ShouldBeGreaterThan(64 << 20);
        ((string?)moving["mode"]).ShouldBe("Paused", "without KVM it stands still while its memory moves");
        (await guest.Hosts.DomainsAsync("mover"))[from].ShouldBe("paused");
        await guest.EditAsync("""{"domain":{"cpu":{"sockets":2} } }""");
        await Eventually.Holds(
            async () => (string?)(await guest.ConditionAsync("Failure"))?["reason"] == "HotPlugCPUError",
            "the machine says that it cannot be now"
        );
        ((int?)(await guest.FindAsync())!["status"]!["currentCPUTopology"]!["sockets"]).ShouldBe(1);

        await guest.CancelAsync(migration);

        await Eventually.Holds(async () => await guest.MigrationAsync(migration) is null, "it is gone");
        await guest.RunsOnlyOnAsync(from);
        ((string?)(await guest.FindAsync())!["status"]!["migrationState"]!["abortStatus"]).ShouldBe("Succeeded");
        await Eventually.Holds(async () => await guest.AskAsync("nproc") == "2", "what was held came after the move");
        (await guest.ConditionAsync("Failure")).ShouldBeNull();
        await MovesAtLastAsync(from);
        (await guest.AskAsync("nproc")).ShouldBe("2");
    }

    [Fact]
    public async Task A_move_that_takes_too_long_ends_by_post_copy_where_that_is_allowed()
    {
        var from = await guest.HostAsync();
        await guest.AskAsync("echo written-before >/tmp/note");
        guest.Hosts.KillAgent(from);
        guest.Hosts.StartAgent(from, "--live-moves-under-emulation");
        try
        {
            foreach (var (field, value) in Hasty)
            {
                await guest.ConfigureAsync(field, value);
            }

            var migration = await BeginAsync(mebibytes: 2);
            var done = await guest.InPhaseAsync(migration, "Succeeded");

            ((string?)done!["status"]!["migrationState"]!["mode"]).ShouldBe("PostCopy");
            await guest.RunsOnlyOnAsync(TwoHosts.OtherThan(from));
            (await guest.AskAsync("cat /tmp/note")).ShouldBe("written-before");
        }
        finally
        {
            foreach (var (field, _) in Hasty)
            {
                await guest.ConfigureAsync(field, "null");
            }

            guest.Hosts.KillAgent(from);
            guest.Hosts.StartAgent(from);
        }
    }

    [Fact]
    public async Task The_agent_of_the_source_is_killed_in_the_middle()
    {
        var from = await guest.HostAsync();
        var migration = await BeginAsync(mebibytes: 4);

        guest.Hosts.KillAgent(from);
        guest.Hosts.StartAgent(from);

        await guest.InPhaseAsync(migration, "Failed");
        await guest.RunsOnlyOnAsync(from);
        await MovesAtLastAsync(from);
    }

    [Fact]
    public async Task The_agent_of_the_target_is_killed_in_the_middle()
    {
        var from = await guest.HostAsync();
        var migration = await BeginAsync(mebibytes: 4);

        guest.Hosts.KillAgent(TwoHosts.OtherThan(from));
        guest.Hosts.StartAgent(TwoHosts.OtherThan(from));

        await guest.InPhaseAsync(migration, "Failed");
        await guest.RunsOnlyOnAsync(from);
        await MovesAtLastAsync(from);
    }

    [Fact]
    public async Task The_target_dies_in_the_middle()
    {
        var from = await guest.HostAsync();
        var migration = await BeginAsync(mebibytes: 4);

        guest.Hosts.KillGuests(TwoHosts.OtherThan(from));

        await guest.InPhaseAsync(migration, "Failed");
        await guest.RunsOnlyOnAsync(from);
        await MovesAtLastAsync(from);
    }

    [Fact]
    public async Task The_network_between_the_hosts_is_cut_in_the_middle()
    {
        var from = await guest.HostAsync();
        var migration = await BeginAsync(mebibytes: 4);

        await guest.Hosts.SetCableAsync(TwoHosts.OtherThan(from), isIn: false);
        await guest.InPhaseAsync(migration, "Failed");
        await guest.Hosts.SetCableAsync(TwoHosts.OtherThan(from), isIn: true);

        await guest.RunsOnlyOnAsync(from);
        await MovesAtLastAsync(from);
    }

    [Fact]
    public async Task The_api_server_is_killed_in_the_middle()
    {
        var from = await guest.HostAsync();
        var to = TwoHosts.OtherThan(from);
        var migration = await BeginAsync(mebibytes: 16);

        guest.Hosts.KillServer();
        await Eventually.Holds(
            async () => (await guest.Hosts.DomainsAsync("mover")).Keys.SequenceEqual([to]),
            "the guest moves without the API"
        );
        await guest.Hosts.StartServerAsync();

        await guest.InPhaseAsync(migration, "Succeeded");
        await guest.RunsOnlyOnAsync(to);
    }

    /// <summary>How many blocks the guest has written to each of its disks since it began.</summary>
    private async Task<int> WrittenAsync() =>
        int.TryParse(await guest.AskAsync("cat /tmp/number"), CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    private async Task<string> BeginAsync(int mebibytes)
    {
        await guest.LimitAsync(mebibytes);
        var migration = await guest.MoveAsync();
        await guest.MovesAsync(migration);
        return migration;
    }

    /// <summary>After whatever happened, another try succeeds.</summary>
    private async Task MovesAtLastAsync(string from)
    {
        await guest.LimitAsync(null);
        await guest.InPhaseAsync(await guest.MoveAsync(), "Succeeded");
        await guest.RunsOnlyOnAsync(TwoHosts.OtherThan(from));
    }
}
