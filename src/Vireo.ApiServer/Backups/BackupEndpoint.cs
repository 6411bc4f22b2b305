using Microsoft.AspNetCore.Http;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Discovery;
using Vireo.ApiServer.Hosting;
using Vireo.ApiServer.Security;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Backups;

/// <summary>Gives the whole state and the keys to those who have them anyway, while writes go on.</summary>
internal sealed class BackupEndpoint(ResourceStore store, StateFolder folder, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context, Caller caller)
    {
        // Whoever has the keys may be anybody: no role gives that away.
        if (!caller.IsMaster)
        {
            throw caller.IsAnonymous
                ? Refusals.Unauthorized()
                : Refusals.Forbidden(
                    "forbidden",
                    $"User \"{caller.Name}\" cannot get a backup: it is for the group {Caller.Masters}"
                );
        }

        if (!HttpMethods.IsGet(context.Request.Method))
        {
            throw Refusals.MethodNotAllowed();
        }

        var copy = folder.NewCopy();
        try
        {
            StateSchema.CreatePrivate(copy);
            var revision = await store.CopyAsync(copy, context.RequestAborted);
            var head = new BackupManifest(
                time.GetUtcNow(),
                ServerVersion.Own(),
                StateSchema.Version,
                revision,
                new Dictionary<string, string>(StringComparer.Ordinal)
            );
            context.Response.ContentType = "application/x-tar";
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.StartAsync(context.RequestAborted);
            await using var output = context.Response.BodyWriter.AsStream(leaveOpen: true);
            await BackupArchive.WriteAsync(output, copy, folder.Keys, head, context.RequestAborted);
        }
        finally
        {
            File.Delete(copy);
        }
    }
}
