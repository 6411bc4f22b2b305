using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Security;
using Vireo.ApiServer.Storage;
using Vireo.ApiServer.Writing;

namespace Vireo.ApiServer.Acting;

/// <summary>Shows a virtual machine with all that it refers to put in its place.</summary>
/// <remarks>Nothing can be referred to yet: the answer is the machine itself, checked as a new one would be.</remarks>
internal sealed class ExpandEndpoint(ResourceStore store, Reviewer reviewer)
{
    /// <summary>Expands a machine that is stored.</summary>
    public Task HandleAsync(SubresourceRequest request) =>
        Answer.BytesAsync(
            request.Http,
            200,
            store.Require<VirtualMachine>(request.Path.Namespace, request.Path.Name).Stored.Json
        );

    /// <summary>Expands a machine that is sent.</summary>
    public async Task HandleAsync(Microsoft.AspNetCore.Http.HttpContext http, Caller caller, string ns)
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
        await Answer.BytesAsync(http, 200, reviewed.Object.Json);
    }
}
