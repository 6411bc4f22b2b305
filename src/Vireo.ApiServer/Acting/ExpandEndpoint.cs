using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Security;
using Vireo.ApiServer.Storage;
using Vireo.ApiServer.Writing;
using Vireo.Rules;

namespace Vireo.ApiServer.Acting;

/// <summary>Shows a virtual machine with all that it comes to written out: type, preference and defaults.</summary>
/// <remarks>
/// What the machine uses now is shown: the copies that are kept for it, else the objects as they are.
/// </remarks>
internal sealed class ExpandEndpoint(ResourceStore store, Reviewer reviewer)
{
    /// <summary>Expands a machine that is stored.</summary>
    public Task HandleAsync(SubresourceRequest request)
    {
        var found = store.Require<VirtualMachine>(request.Path.Namespace, request.Path.Name);
        return Answer.BytesAsync(request.Http, 200, Expand(found.Object));
    }

    /// <summary>Expands a machine that is sent.</summary>
    public async Task HandleAsync(HttpContext http, Caller caller, string ns)
    {
        var kind = ResourceKinds.VirtualMachines;
        var draft = Draft.Of(kind, await RequestBody.ReadObjectAsync(http, message: null));
        if (draft.Meta.Namespace is { Length: > 0 } said && said != ns)
        {
            throw Refusals.BadRequest($"VM namespace must be empty or {ns}: it is {said}");
        }

        draft.SetMeta("namespace", ns);
        var request = new ApiRequest(http, caller, new ResourcePath(kind, ns, null, null));
        var reviewed = reviewer.Review(request, draft, null, MetadataRules.Check(kind, draft.Meta));
        Answer.Warn(http, reviewed.Warnings);
        var machine = JsonSerializer.Deserialize(reviewed.Object.Json.Span, kind.JsonType)!;
        await Answer.BytesAsync(http, 200, Expand(machine));
    }

    /// <summary>The machine expanded.</summary>
    /// <exception cref="StatusException">It cannot be expanded: every reason is named.</exception>
    private byte[] Expand(VirtualMachine machine)
    {
        var references = reviewer.References(machine);
        var configuration = reviewer.Configuration();
        var expanded = references.Expand(machine, configuration);
        IReadOnlyList<FieldError> errors = [.. references.Errors, .. references.Missing, .. expanded.Errors];
        if (errors is not [])
        {
            throw Refusals.Denied(ResourceKinds.VirtualMachines, machine.Metadata.Name ?? "", Reviewer.Causes(errors));
        }

        var shown = machine with
        {
            Spec = InstanceComposition.WriteOut(
                machine with
                {
                    Spec = expanded.Spec!,
                },
                configuration,
                store.All<Host>(),
                expanded.PreferredMachineType
            ),
            Status = machine.Status is null
                ? null
                : machine.Status with
                {
                    InstancetypeRef = null,
                    PreferenceRef = null,
                },
        };
        return JsonSerializer.SerializeToUtf8Bytes(shown, ResourceKinds.VirtualMachines.JsonType);
    }
}
