using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>
/// A change that the running guest cannot take is named, waits, and is withdrawn when it is taken back.
/// </summary>
public sealed class RestartRequiredTests(VireoHost host)
{
    private static readonly Dictionary<string, (string Change, string Back, string Names)> Changes = new(
        StringComparer.Ordinal
    )
    {
        ["CPU model"] = ("""{"cpu":{"model":"qemu64"}}""", """{"cpu":null}""", "cpu.model"),
        ["cores"] = ("""{"cpu":{"cores":2}}""", """{"cpu":null}""", "cpu.cores"),
        ["memory"] = ("""{"memory":{"guest":"62Mi"}}""", """{"memory":{"guest":"64Mi"}}""", "memory updated"),
        ["reboot policy"] = ("""{"rebootPolicy":"Terminate"}""", """{"rebootPolicy":null}""", "rebootPolicy"),
        ["serial number"] = ("""{"firmware":{"serial":"S-1"}}""", """{"firmware":null}""", "firmware.serial"),
        ["clock"] = ("""{"clock":{"utc":{"offsetSeconds":3600}}}""", """{"clock":null}""", "clock"),
    };

    [Fact]
    public async Task Each_change_is_named_and_withdrawn_when_it_is_taken_back()
    {
        await using var guest = await new MicroGuest(host, "rr-each").StartAsync();
        var booted = await guest.BootedAsync();

        foreach (var (what, (change, back, names)) in Changes)
        {
            await guest.PatchAsync(OfDomain(change));
            var waiting = await guest.SeenAsync(sight => IsTrue(sight), $"a change of the {what} waits");
            ((string?)waiting.OfVm("RestartRequired")!["message"])!.ShouldContain(names, Case.Sensitive, what);

            await guest.PatchAsync(OfDomain(back));
            await guest.SeenAsync(sight => sight.OfVm("RestartRequired") is null, $"the {what} is as it was");
        }

        (await guest.LookAsync()).Uid.ShouldBe(booted.Uid);
    }

    [Fact]
    public async Task What_says_nothing_to_the_guest_waits_for_nothing()
    {
        await using var guest = await new MicroGuest(host, "rr-labels").StartAsync();
        await guest.BootedAsync();

        await guest.PatchAsync("""{"spec":{"template":{"metadata":{"labels":{"team":"blue"}}}}}""");
        await guest.PatchAsync(OfDomain("""{"cpu":{"cores":2}}"""));
        var waiting = await guest.SeenAsync(sight => IsTrue(sight), "the second change was looked at");

        ((string?)waiting.OfVm("RestartRequired")!["message"])!.ShouldNotContain("labels");
        await guest.PatchAsync(OfDomain("""{"cpu":null}"""));
        await guest.SeenAsync(sight => sight.OfVm("RestartRequired") is null, "labels alone wait for nothing");
    }

    [Fact]
    public async Task Two_changes_are_named_together_and_a_restart_takes_both()
    {
        await using var guest = await new MicroGuest(host, "rr-both").StartAsync();
        var first = await guest.BootedAsync();

        await guest.PatchAsync(OfDomain("""{"cpu":{"cores":2}}"""));
        await guest.PatchAsync(OfDomain("""{"firmware":{"serial":"S-2"}}"""));
        var waiting = await guest.SeenAsync(
            sight => Message(sight) is { } text && text.Contains("firmware.serial", StringComparison.Ordinal),
            "the second change waits as well"
        );
        Message(waiting)!.ShouldContain("cpu.cores");
        // The guest's generation is behind, which is no reason to wait for ever.
        foreach (var condition in new[] { "RestartRequired", "Ready" })
        {
            (
                await host.KubectlAsync("wait", "vm/rr-both", $"--for=condition={condition}", "--timeout=20s")
            ).ShouldSucceed();
        }

        (await guest.ActAsync("restart")).ShouldBe(202);

        var second = await guest.SeenAsync(
            sight => sight.Status == "Running" && sight.Uid != first.Uid && sight.OfVm("RestartRequired") is null,
            "another run with nothing waiting"
        );
        ((int?)Domain(second.Vmi!)["cpu"]!["cores"]).ShouldBe(2);
        ((string?)Domain(second.Vmi!)["firmware"]!["serial"]).ShouldBe("S-2");
    }

    private static bool IsTrue(Sight sight) => (string?)sight.OfVm("RestartRequired")?["status"] == "True";

    private static string? Message(Sight sight) => (string?)sight.OfVm("RestartRequired")?["message"];

    private static JsonNode Domain(JsonNode vmi) => vmi["spec"]!["domain"]!;

    private static string OfDomain(string change) => """{"spec":{"template":{"spec":{"domain":""" + change + "}}}}";
}
