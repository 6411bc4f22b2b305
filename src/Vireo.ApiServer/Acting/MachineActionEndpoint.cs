using System.Text.Json;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Storage;
using Vireo.ApiServer.Writing;
using Vireo.Rules;

namespace Vireo.ApiServer.Acting;

/// <summary>Carries out what is asked of a virtual machine: start, stop, restart, shelve ...</summary>
/// <remarks>
/// What an action comes to is written to the machine at once, for the controllers to act on. What its instance is to
/// know is written first: dying in between leaves a machine that runs on, and stops faster when it is stopped the next
/// time, or has its disks saved then for nobody. An instance that ended meanwhile is another one: that its disks are to
/// be saved is never written to it.
/// </remarks>
internal sealed class MachineActionEndpoint(ResourceStore store, SystemWriter writer, CreateEndpoint create)
{
    /// <summary>How often is decided again when others wrote the machine meanwhile.</summary>
    private const int Attempts = 10;

    /// <summary>Answers 202 without a body when it is done or under way.</summary>
    public async Task HandleAsync(SubresourceRequest request)
    {
        var (decide, dryRun) = await OrderAsync(request);
        var all = (IReadOnlyList<string>)[.. dryRun ?? [], .. request.DryRun];
        if (ActionRules.CheckDryRun(all) is { } wrong)
        {
            throw Refused(request, wrong);
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await TryAsync(request, decide, ActionRules.IsDryRun(all));
                await Answer.EmptyAsync(request.Http, 202);
                return;
            }
            catch (StoreConflictException) when (attempt < Attempts)
            {
                // Somebody else wrote the machine or its instance: decide again by what they made of it.
            }
            catch (StoreConflictException)
            {
                throw Refused(
                    request,
                    new ActionDecision.Refuse(
                        ActionRefusal.Conflict,
                        "the object has been modified; please apply your changes to the latest version and try again"
                    )
                );
            }
        }
    }

    private static async Task<(Decide Decide, IReadOnlyList<string>? DryRun)> OrderAsync(SubresourceRequest request)
    {
        switch (request.Action)
        {
            case "start":
                var start = await ActionBody.ReadAsync(request.Http, ApiJson.Default.StartOptions);
                return ((vm, vmi) => VirtualMachineActions.Start(vm, vmi, start), start.DryRun);
            case "stop":
                var stop = await ActionBody.ReadAsync(request.Http, ApiJson.Default.StopOptions);
                return ((vm, vmi) => VirtualMachineActions.Stop(vm, vmi, stop), stop.DryRun);
            case "restart":
                var restart = await ActionBody.ReadAsync(request.Http, ApiJson.Default.RestartOptions);
                return ((vm, vmi) => VirtualMachineActions.Restart(vm, vmi, restart), restart.DryRun);
            case "migrate":
                var migrate = await ActionBody.ReadAsync(request.Http, ApiJson.Default.MigrateOptions);
                return ((vm, vmi) => VirtualMachineActions.Migrate(vm, vmi, migrate), migrate.DryRun);
            case "shelve":
                var shelve = await ActionBody.ReadAsync(request.Http, ApiJson.Default.ShelveOptions);
                return ((vm, vmi) => VirtualMachineActions.Shelve(vm, vmi, shelve), shelve.DryRun);
            case "unshelve":
                var unshelve = await ActionBody.ReadAsync(request.Http, ApiJson.Default.UnshelveOptions);
                return (VirtualMachineActions.Unshelve, unshelve.DryRun);
            case "rebuild":
                var rebuild = await ActionBody.ReadAsync(request.Http, ApiJson.Default.RebuildOptions);
                return ((vm, vmi) => VirtualMachineActions.Rebuild(vm, vmi, rebuild), rebuild.DryRun);
            default:
                throw new InvalidOperationException($"No action {request.Action} of virtual machines.");
        }
    }

    private async Task TryAsync(SubresourceRequest request, Decide decide, bool isTrial)
    {
        var (ns, name) = (request.Path.Namespace, request.Path.Name);
        var machine = store.Require<VirtualMachine>(ns, name);
        var instance = store.Find<VirtualMachineInstance>(ns, name);
        switch (decide(machine.Object, instance?.Object))
        {
            case ActionDecision.Refuse refusal:
                throw Refused(request, refusal);
            case ActionDecision.Nothing:
                return;
            case ActionDecision.ShortenGrace(var seconds):
                await SetGraceAsync(request, instance, seconds, isTrial);
                return;
            case ActionDecision.ChangeMachine(var wanted, var seconds, var savesDisks):
                await SetGraceAsync(request, instance, seconds, isTrial);
                await SaveDisksAsync(request, savesDisks ? instance : null, isTrial);
                await writer.WriteAsync(request, machine, wanted, isTrial);
                return;
            case ActionDecision.CreateMigration(var migration):
                await MigrateAsync(request, migration, isTrial);
                return;
            case var other:
                throw new InvalidOperationException($"{other.GetType().Name} is no action on a virtual machine.");
        }
    }

    /// <summary>What keeps the instance from moving keeps the machine from it: the same words, as a conflict.</summary>
    private async Task MigrateAsync(SubresourceRequest request, VirtualMachineInstanceMigration migration, bool isTrial)
    {
        var kind = ResourceKinds.VirtualMachineInstanceMigrations;
        var json = JsonSerializer.SerializeToNode(migration, kind.JsonType)!.AsObject();
        try
        {
            await create.MakeAsync(request.Own(kind, null), Draft.Of(kind, json), isTrial);
        }
        catch (StatusException refusal) when (refusal.Status is { Code: 400, Message: { } why })
        {
            throw Refused(request, new ActionDecision.Refuse(ActionRefusal.Conflict, why));
        }
    }

    private Task SetGraceAsync(
        SubresourceRequest request,
        Found<VirtualMachineInstance>? instance,
        long? seconds,
        bool isTrial
    )
    {
        if (instance is null || seconds is null)
        {
            return Task.CompletedTask;
        }

        var spec = instance.Object.Spec with { TerminationGracePeriodSeconds = seconds };
        return writer.WriteAsync(request, instance, instance.Object with { Spec = spec }, isTrial);
    }

    private Task SaveDisksAsync(SubresourceRequest request, Found<VirtualMachineInstance>? instance, bool isTrial)
    {
        if (instance is null)
        {
            return Task.CompletedTask;
        }

        var metadata = instance.Object.Metadata;
        var annotations = new Dictionary<string, string>(metadata.Annotations ?? new Dictionary<string, string>())
        {
            [KubeVirtNames.SaveDisksAnnotation] = "true",
        };
        var marked = instance.Object with { Metadata = metadata with { Annotations = annotations } };
        return writer.WriteAsync(request, instance, marked, isTrial);
    }

    /// <summary>What is not there is the instance: of the machine the action was decided.</summary>
    private static StatusException Refused(SubresourceRequest request, ActionDecision.Refuse refusal) =>
        refusal.Why is ActionRefusal.NotFound
            ? Refusals.NoObject(ResourceKinds.VirtualMachineInstances, request.Path.Name, refusal.Message)
            : Refusals.Refused(ResourceKinds.VirtualMachines, request.Path.Name, refusal);

    /// <summary>What the action comes to, for the objects as they are.</summary>
    private delegate ActionDecision Decide(VirtualMachine machine, VirtualMachineInstance? instance);
}
