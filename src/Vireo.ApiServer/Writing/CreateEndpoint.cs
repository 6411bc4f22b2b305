using System.Security.Cryptography;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Applying;
using Vireo.ApiServer.Printing;
using Vireo.ApiServer.Protobuf;
using Vireo.ApiServer.Reading;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Writing;

/// <summary>Makes new objects.</summary>
internal sealed class CreateEndpoint(ResourceStore store, Reviewer reviewer, TimeProvider time) : IDisposable
{
    private readonly MigrationRules _migrations = new(store);

    /// <summary>How often a made-up name may turn out to be taken.</summary>
    private const int NameAttempts = 8;

    /// <summary>Letters that make no words.</summary>
    private const string SuffixLetters = "bcdfghjklmnpqrstvwxz2456789";

    private const int SuffixLength = 5;

    public async Task HandleAsync(ApiRequest request)
    {
        var form = Negotiation.Form(request.Http.Request, isList: false, time);
        if (request.Kind.IsNamespaced && request.Namespace is null)
        {
            throw Refusals.MethodNotAllowed();
        }

        var draft = Draft.Of(
            request.Kind,
            await RequestBody.ReadObjectAsync(request.Http, ProtobufMessages.For(request.Kind))
        );
        CheckPlace(request, draft);
        var (stored, warnings) = await MakeAsync(request, draft, request.IsTrial);
        Answer.Warn(request.Http, warnings);
        await ObjectAnswer.WriteAsync(request, 201, stored, form);
    }

    /// <summary>Makes the object; what only the server sets is set here.</summary>
    /// <param name="request">Who makes it, and where.</param>
    /// <param name="draft">The object as it was asked for.</param>
    /// <param name="isTrial">True to check only.</param>
    /// <param name="owners">Who owns what of it; null when all is the caller's.</param>
    /// <exception cref="StatusException">It is refused, or there is one of the name.</exception>
    public Task<(StoredObject Stored, IReadOnlyList<string> Warnings)> MakeAsync(
        ApiRequest request,
        Draft draft,
        bool isTrial,
        ManagedFields? owners = null
    ) =>
        _migrations.GuardAsync(
            request.Namespace,
            draft,
            () => TryAsync(request, draft, isTrial, owners),
            request.Aborted
        );

    public void Dispose() => _migrations.Dispose();

    private async Task<(StoredObject Stored, IReadOnlyList<string> Warnings)> TryAsync(
        ApiRequest request,
        Draft draft,
        bool isTrial,
        ManagedFields? owners
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            var name = Name(draft);
            if (request.Namespace is { } ns)
            {
                NamespaceRules.RequireOpen(store, request.Kind, ns, name);
            }

            var reviewed = Complete(request, draft, name);
            var managed = owners is null ? FieldTracker.Made(request, draft, time.GetUtcNow()) : owners.Written();
            var encoded = reviewed.Object.With(managed);
            RequestBody.CheckSize(encoded);
            try
            {
                var stored = isTrial ? Trial(request, name, encoded) : await WriteAsync(request, name, encoded);
                return (stored, reviewed.Warnings);
            }
            catch (StoreConflictException conflict)
            {
                if (conflict.Reason == StoreConflictReason.NoNamespace)
                {
                    throw Refusals.NotFound(ResourceKinds.Namespaces, request.Namespace!);
                }

                if (draft.Meta.Name is { Length: > 0 } || attempt == NameAttempts)
                {
                    throw Refusals.AlreadyExists(request.Kind, name);
                }
            }
        }
    }

    private static void CheckPlace(ApiRequest request, Draft draft)
    {
        if (draft.Meta.ResourceVersion is { Length: > 0 } and not "0")
        {
            throw Refusals.BadRequest("resourceVersion should not be set on objects to be created");
        }

        if (request.Namespace is not null && draft.Meta.Namespace is { Length: > 0 } said && said != request.Namespace)
        {
            throw Refusals.BadRequest(
                "the namespace of the provided object does not match the namespace sent on the request"
            );
        }
    }

    private static string Name(Draft draft)
    {
        if (draft.Meta is not { Name: null or "", GenerateName: { Length: > 0 } prefix })
        {
            return draft.Meta.Name ?? "";
        }

        var room = NameRules.LongestName(draft.Kind) - SuffixLength;
        return (prefix.Length > room ? prefix[..room] : prefix)
            + RandomNumberGenerator.GetString(SuffixLetters, SuffixLength);
    }

    /// <summary>Sets what only the server sets, and has the object reviewed.</summary>
    private Reviewed Complete(ApiRequest request, Draft draft, string name)
    {
        draft.SetMeta("name", name);
        draft.SetMeta("namespace", request.Namespace);
        draft.SetMeta("uid", Guid.NewGuid().ToString());
        draft.SetMeta("creationTimestamp", Times.Text(time.GetUtcNow()));
        draft.SetMeta("generation", HasGeneration(request.Kind) ? 1 : null);
        draft.SetMeta("deletionTimestamp", null);
        draft.SetMeta("deletionGracePeriodSeconds", null);
        if (
            request.Kind.HasStatusSubresource
            && !ReferenceEquals(request.Kind, ResourceKinds.Nodes)
            && !SaysOrigin(request)
        )
        {
            draft.Json.Remove("status");
        }

        if (ReferenceEquals(request.Kind, ResourceKinds.Namespaces))
        {
            NamespaceRules.Begin(draft, name);
        }

        SecretRules.Complete(draft);
        return reviewer.Review(
            request,
            draft,
            null,
            MetadataRules.Check(request.Kind, draft.Meta with { Name = name })
        );
    }

    /// <summary>True for an instance that Vireo makes: its status names the revision that it is made from.</summary>
    private static bool SaysOrigin(ApiRequest request) =>
        request.Caller.IsSystem && ReferenceEquals(request.Kind, ResourceKinds.VirtualMachineInstances);

    /// <summary>Kinds whose wanted state is counted: those with a spec of their own.</summary>
    private static bool HasGeneration(ResourceKind kind) =>
        kind.Group.Contains('.', StringComparison.Ordinal) && !kind.Group.EndsWith(".k8s.io", StringComparison.Ordinal);

    private StoredObject Trial(ApiRequest request, string name, Encoded encoded) =>
        store.Find(request.Kind, request.Namespace, name) is { } taken
            ? throw new StoreConflictException(StoreConflictReason.AlreadyExists, taken)
            : new StoredObject(request.Kind, request.Namespace, name, 0, encoded.Json);

    private Task<StoredObject> WriteAsync(ApiRequest request, string name, Encoded encoded) =>
        store.WriteAsync(
            new StoreWrite(
                StoreOperation.Create,
                request.Kind,
                request.Namespace,
                name,
                null,
                encoded.Json,
                encoded.VersionOffset
            )
            {
                NeedsNamespace = true,
            },
            request.Aborted
        );
}

/// <summary>Times in metadata.</summary>
internal static class Times
{
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null);
}
