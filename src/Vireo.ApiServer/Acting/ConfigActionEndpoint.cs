using System.Text.Json;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Storage;
using Vireo.ApiServer.Writing;
using Vireo.Rules;

namespace Vireo.ApiServer.Acting;

/// <summary>Starts and stops instances of a configuration.</summary>
/// <remarks>
/// The design says by which requests, not what they answer. Both answer 200 with the instance: a start as it was made,
/// a stop as it was last. The instance that is meant is named in the body or, for GET, in the query; else it bears the
/// configuration's name.
/// </remarks>
internal sealed class ConfigActionEndpoint(
    ResourceStore store,
    CreateEndpoint create,
    DeleteEndpoint delete,
    TimeProvider time
)
{
    /// <summary>How long a start waits for the ended instance that it replaces to be gone.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public async Task HandleAsync(SubresourceRequest request)
    {
        var body = await ActionBody.ReadAsync(request.Http, ApiJson.Default.InstanceConfigOptions);
        var dryRun = (IReadOnlyList<string>)[.. body.DryRun ?? [], .. request.DryRun];
        var config = store.Require<VirtualMachineInstanceConfig>(request.Path.Namespace, request.Path.Name).Object;
        if (ActionRules.CheckDryRun(dryRun) is { } wrong)
        {
            throw Refused(request, wrong);
        }

        var named = body.Name is { Length: > 0 } ? body.Name : request.Http.Request.Query["name"].ToString();
        var name = InstanceConfigActions.NameOf(config, named);
        var existing = store.Find<VirtualMachineInstance>(request.Path.Namespace, name);
        var decision =
            request.Action == "start"
                ? InstanceConfigActions.Start(config, name, existing?.Object)
                : InstanceConfigActions.Stop(config, name, existing?.Object);
        var isTrial = ActionRules.IsDryRun(dryRun);
        var result = decision switch
        {
            ActionDecision.Refuse refusal => throw Refused(request, refusal),
            ActionDecision.Nothing => existing!.Stored,
            ActionDecision.CreateInstance made => await CreateAsync(request, made, name, isTrial),
            ActionDecision.DeleteInstance(var uid) => (await DeleteAsync(request, name, uid, isTrial)).Last,
            var other => throw new InvalidOperationException(
                $"{other.GetType().Name} is no action on a configuration."
            ),
        };
        await Answer.BytesAsync(request.Http, 200, result.Json);
    }

    private async Task<StoredObject> CreateAsync(
        SubresourceRequest request,
        ActionDecision.CreateInstance made,
        string name,
        bool isTrial
    )
    {
        if (made.ReplacesUid is { } uid)
        {
            var (last, isGone) = await DeleteAsync(request, name, uid, isTrial);
            if (isTrial)
            {
                return last;
            }

            if (!isGone && !await GoesAsync(request, last, uid))
            {
                throw Refused(
                    request,
                    new ActionDecision.Refuse(
                        ActionRefusal.Conflict,
                        $"The ended VirtualMachineInstance '{name}' is still being removed: try again."
                    )
                );
            }
        }

        var kind = ResourceKinds.VirtualMachineInstances;
        var json = JsonSerializer.SerializeToNode(made.Instance, kind.JsonType)!.AsObject();
        return (await create.MakeAsync(request.Own(kind, null), Draft.Of(kind, json), isTrial)).Stored;
    }

    /// <summary>Waits for what holds an ended instance, such as the cleaning up after it, to let it go.</summary>
    private async Task<bool> GoesAsync(SubresourceRequest request, StoredObject ended, string uid)
    {
        var start = time.GetTimestamp();
        while (store.Find<VirtualMachineInstance>(ended.Namespace, ended.Name)?.Object.Metadata.Uid == uid)
        {
            if (time.GetElapsedTime(start) > Patience)
            {
                return false;
            }

            await Task.Delay(Look, time, request.Aborted);
        }

        return true;
    }

    private Task<(StoredObject Last, bool IsGone)> DeleteAsync(
        SubresourceRequest request,
        string name,
        string uid,
        bool isTrial
    ) =>
        delete.DeleteAsync(
            request.Own(ResourceKinds.VirtualMachineInstances, name),
            request.Path.Namespace,
            name,
            new DeleteOptions
            {
                PropagationPolicy = "Background",
                Preconditions = new Preconditions { Uid = uid },
                DryRun = isTrial ? ["All"] : null,
            }
        );

    private static StatusException Refused(SubresourceRequest request, ActionDecision.Refuse refusal) =>
        Refusals.Refused(ResourceKinds.VirtualMachineInstanceConfigs, request.Path.Name, refusal);
}
