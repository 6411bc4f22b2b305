using System.Buffers;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Printing;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Reading;

/// <summary>Reads one object.</summary>
internal sealed class GetEndpoint(ResourceStore store, TimeProvider time)
{
    public Task HandleAsync(ApiRequest request)
    {
        var form = Negotiation.Form(request.Http.Request, isList: false, time);
        if (request.Query("resourceVersion") is { } version)
        {
            // What is read is always the newest, which is not older than any revision that was given out.
            Revisions.RefuseFuture(Revisions.Parse(version), store.Revision);
        }

        var stored =
            store.Find(request.Kind, request.Namespace, request.Name)
            ?? throw Refusals.NotFound(request.Kind, request.Name);
        return ObjectAnswer.WriteAsync(request, 200, stored, form);
    }
}

/// <summary>Answers with one object in the form the client asked for.</summary>
internal static class ObjectAnswer
{
    public static Task WriteAsync(ApiRequest request, int code, StoredObject stored, OutputForm form)
    {
        if (form is WholeForm)
        {
            return Answer.BytesAsync(request.Http, code, stored.Json);
        }

        var body = new ArrayBufferWriter<byte>(stored.Json.Length + 256);
        form.WriteOne(body, stored);
        return Answer.BytesAsync(request.Http, code, body.WrittenMemory, form.ContentType);
    }
}
