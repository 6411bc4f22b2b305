using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Storage;
using Vireo.Rules;

namespace Vireo.ApiServer.Acting;

/// <summary>Lets a guest stay on a host that is drained: <c>evacuate/cancel</c> of a machine or an instance.</summary>
internal sealed class EvacuationEndpoint(ResourceStore store, SystemWriter writer)
{
    private const int Attempts = 10;

    /// <summary>Answers 200 without a body, whether there was something to cancel or not.</summary>
    public async Task HandleAsync(SubresourceRequest request)
    {
        var body = await ActionBody.ReadAsync(request.Http, ApiJson.Default.EvacuateCancelOptions);
        var dryRun = (IReadOnlyList<string>)[.. body.DryRun ?? [], .. request.DryRun];
        var (ns, name) = (request.Path.Namespace, request.Path.Name);
        if (ActionRules.CheckDryRun(dryRun) is { } wrong)
        {
            throw Refusals.Refused(ResourceKinds.VirtualMachineInstances, name, wrong);
        }

        if (request.Path.Subresource.Resource == ResourceKinds.VirtualMachines.Plural)
        {
            _ = store.Require<VirtualMachine>(ns, name);
        }

        for (var attempt = 1; ; attempt++)
        {
            var found = store.Require<VirtualMachineInstance>(ns, name);
            try
            {
                if (Evacuation.Cancelled(found.Object, body.EvacuationNodeName) is { } wanted)
                {
                    await writer.WriteAsync(request, found, wanted, ActionRules.IsDryRun(dryRun));
                }

                await Answer.EmptyAsync(request.Http, 200);
                return;
            }
            catch (StoreConflictException) when (attempt < Attempts)
            {
                // Its agent or a controller wrote it meanwhile.
            }
        }
    }
}
