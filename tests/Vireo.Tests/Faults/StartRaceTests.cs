using System.Net;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;
using Vireo.Tests.Controllers;

namespace Vireo.Tests.Faults;

/// <summary>Starts that are taken back, or done, while an instance is being made from them.</summary>
public sealed class StartRaceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stop_holds_though_the_instance_was_being_made()
    {
        await using var room = await FaultRoom.OpenAsync();
        await room.User.CreateAsync(Objects.Machine("vm", FaultRoom.Space, RunStrategy.Manual), Ct);
        HttpStatusCode? stopped = null;
        room.Wire.Before = async request =>
        {
            if (stopped is null && IsCreation(request))
            {
                stopped = HttpStatusCode.Processing;
                stopped = await room.ActAsync("virtualmachines", "vm", "stop");
            }
        };

        (await room.ActAsync("virtualmachines", "vm", "start")).ShouldBe(HttpStatusCode.Accepted);
        await Eventually.HoldsAsync(() => stopped is HttpStatusCode.Accepted && room.InstancesEver == 1);

        await UntilAsync(room, "vm", (_, instance) => instance is null);
        (await room.ActAsync("virtualmachines", "vm", "start")).ShouldBe(HttpStatusCode.Accepted);
        await UntilAsync(room, "vm", (_, instance) => instance?.Status?.Phase is VirtualMachineInstancePhase.Running);
        await Eventually.HoldsAsync(() => room.InstancesEver >= 2);
        room.InstancesEver.ShouldBe(2);
    }

    [Fact]
    public async Task A_start_after_a_stop_that_came_too_late_gives_a_run_of_its_own()
    {
        await using var room = await FaultRoom.OpenAsync();
        await room.User.CreateAsync(Objects.Machine("vm", FaultRoom.Space, RunStrategy.Manual), Ct);
        var answers = new List<HttpStatusCode>();
        room.Wire.Before = async request =>
        {
            if (answers is [] && IsCreation(request))
            {
                answers.Add(await room.ActAsync("virtualmachines", "vm", "stop"));
                answers.Add(await room.ActAsync("virtualmachines", "vm", "start", """{"paused":true}"""));
            }
        };

        (await room.ActAsync("virtualmachines", "vm", "start")).ShouldBe(HttpStatusCode.Accepted);

        await UntilAsync(
            room,
            "vm",
            (machine, instance) =>
                machine.Status?.StateChangeRequests is null
                && instance is { Spec.StartStrategy: "Paused", Status.Phase: VirtualMachineInstancePhase.Running }
        );
        answers.ShouldBe([HttpStatusCode.Accepted, HttpStatusCode.Accepted]);
    }

    [Theory]
    [InlineData(RunStrategy.Manual)]
    [InlineData(RunStrategy.RerunOnFailure)]
    public async Task A_start_is_done_by_a_run_that_was_over_before_anybody_said_so(RunStrategy strategy)
    {
        await using var room = await FaultRoom.OpenAsync();
        await room.User.CreateAsync(Objects.Machine("vm", FaultRoom.Space, RunStrategy.Halted), Ct);
        await UntilAsync(room, "vm", (machine, _) => machine.Status?.Created == false);
        await room.StopControllersAsync();
        await room.User.PatchAsync<VirtualMachine>(
            new(FaultRoom.Space, "vm"),
            Patch.Merge(new JsonObject { ["spec"] = new JsonObject { ["runStrategy"] = strategy.ToString() } }),
            Ct
        );
        (await room.ActAsync("virtualmachines", "vm", "start")).ShouldBe(HttpStatusCode.Accepted);
        room.StartControllers();

        // The controllers make the instance, and are not heard from any more.
        room.Wire.Before = request =>
            request.Method != HttpMethod.Get
            && request.RequestUri!.AbsolutePath.EndsWith("/virtualmachines/vm/status", StringComparison.Ordinal)
                ? throw new HttpRequestException("The controllers are cut off.")
                : Task.CompletedTask;
        await UntilAsync(room, "vm", (_, instance) => instance?.Status?.Phase is VirtualMachineInstancePhase.Running);
        await room.StopControllersAsync();
        var first = (await room.FindInstanceAsync("vm"))!.Metadata.Uid!;
        room.Host.End(new(new(FaultRoom.Space, "vm"), first), GuestState.ShutDown);
        await UntilAsync(room, "vm", (_, found) => found?.Status?.Phase is VirtualMachineInstancePhase.Succeeded);
        room.Wire.Before = null;
        room.StartControllers();

        await UntilAsync(
            room,
            "vm",
            (machine, _) => machine.Status is { StateChangeRequests: null, PrintableStatus: "Stopped" }
        );
        await room.User.DeleteAsync<VirtualMachineInstance>(new(FaultRoom.Space, "vm"), null, Ct);
        await UntilAsync(
            room,
            "vm",
            (machine, found) => found is null && machine.Status is { Created: false, PrintableStatus: "Stopped" }
        );
        await Eventually.HoldsAsync(() => room.InstancesEver > 0);
        room.InstancesEver.ShouldBe(1);
    }

    private static bool IsCreation(HttpRequestMessage request) =>
        request.Method == HttpMethod.Post
        && request.RequestUri!.AbsolutePath.EndsWith("/virtualmachineinstances", StringComparison.Ordinal);

    private static async Task UntilAsync(
        FaultRoom room,
        string name,
        Func<VirtualMachine, VirtualMachineInstance?, bool> isSo
    )
    {
        VirtualMachine? machine = null;
        VirtualMachineInstance? instance = null;
        try
        {
            await Eventually.HoldsAsync(() =>
            {
                machine = room.GetMachineAsync(name).GetAwaiter().GetResult();
                instance = room.FindInstanceAsync(name).GetAwaiter().GetResult();
                return isSo(machine, instance);
            });
        }
        catch (ShouldAssertException e)
        {
            throw new ShouldAssertException(
                $"{e.Message}\n{machine?.Status}\n{instance?.Metadata}\n{instance?.Status}"
            );
        }
    }
}
