namespace Vireo.Acceptance;

/// <summary>A guest that can be rebooted in every way, whichever guest it is.</summary>
internal abstract class Rebooter(TestMachine machine)
{
    public TestMachine Machine { get; } = machine;

    public abstract Task StartAsync(string strategy, string policy);

    public abstract Task<Sight> BootedAsync();

    /// <summary>The guest has come up again without having been powered off.</summary>
    public abstract Task RebootedInPlaceAsync();

    /// <param name="way">guest: it reboots itself; otherwise the action of that name.</param>
    public async Task RebootAsync(string way)
    {
        if (way == "guest")
        {
            await RebootFromInsideAsync();
        }
        else
        {
            (await Machine.ActOnInstanceAsync(way)).ShouldBe(200);
        }
    }

    protected abstract Task RebootFromInsideAsync();
}

/// <summary>The micro guest: no agent, so it is rebooted by its ACPI power button or by itself.</summary>
internal sealed class MicroRebooter(VireoHost host, string name) : Rebooter(new MicroGuest(host, name))
{
    private MicroGuest Guest => (MicroGuest)Machine;

    public override Task StartAsync(string strategy, string policy) => Guest.StartAsync(strategy, policy);

    public override Task<Sight> BootedAsync() => Guest.BootedAsync();

    public override Task RebootedInPlaceAsync() => Guest.BootedAsync(times: 2);

    protected override Task RebootFromInsideAsync() => Guest.TypeAsync(MicroGuest.Reboot);
}

/// <summary>The sample guest: an agent runs in it.</summary>
internal sealed class LinuxRebooter(VireoHost host, string name) : Rebooter(new Guest(host, name))
{
    private BootedGuest? _before;

    private Guest Guest => (Guest)Machine;

    public override async Task StartAsync(string strategy, string policy)
    {
        var document = Guest.Document(vm =>
        {
            vm["spec"]!["runStrategy"] = strategy;
            vm["spec"]!["template"]!["spec"]!["domain"]!["rebootPolicy"] = policy;
        });
        await Guest.ApplyAsync(document);
    }

    public override async Task<Sight> BootedAsync()
    {
        _before = await Guest.BootedAsync();
        await Guest.AgentConnectedAsync();
        return await Guest.LookAsync();
    }

    public override async Task RebootedInPlaceAsync()
    {
        _before = await Guest.BootedAfterAsync(_before!);
        await Guest.AgentConnectedAsync();
    }

    protected override Task RebootFromInsideAsync() => Guest.TypeAsync("\nreboot\n");
}
