using System.Text.Json;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Reading;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Security;
using Vireo.ApiServer.Storage;
using Vireo.Rules;

namespace Vireo.ApiServer.Writing;

/// <summary>An object that may be stored, without managed fields, and what its writer should know.</summary>
internal sealed record Reviewed(Encoded Object, IReadOnlyList<string> Warnings);

/// <summary>The last gate before the store: schema and metadata, then the rules about the kind.</summary>
internal sealed class Reviewer(ResourceStore store, AgentGate gate, RoleGate roles, TimeProvider time)
{
    private readonly ReferencedObjects _references = new(store);
    private volatile Known? _known;

    /// <summary>Checks an object and makes it ready to be stored.</summary>
    /// <param name="request">Who writes, and through which door.</param>
    /// <param name="draft">The object, complete.</param>
    /// <param name="old">What is stored now; null for a new object.</param>
    /// <param name="faults">What is wrong with the metadata.</param>
    /// <exception cref="StatusException">The object is refused: every reason is named.</exception>
    public Reviewed Review(ApiRequest request, Draft draft, StoredObject? old, IEnumerable<FieldError> faults)
    {
        var warnings = new List<string>();
        var name = draft.Metadata["name"]?.ToString() ?? "";
        List<FieldError> errors = [.. SchemaCheck.Check(request, draft, warnings), .. faults];
        if (errors.Count > 0)
        {
            throw Refusals.Invalid(draft.Kind, name, Causes(errors));
        }

        var encoded = draft.Encode();
        var asked = Read(draft.Kind, encoded.Json);
        if (request.Caller.Host is not null)
        {
            gate.CheckChange(request, old is null ? null : Read(draft.Kind, old.Json), asked);
        }

        if (request.Path.Subresource is not null)
        {
            return new(encoded, warnings);
        }

        var result = Admission.Review(
            new AdmissionRequest(
                draft.Kind,
                old is null ? AdmissionOperation.Create : AdmissionOperation.Update,
                asked,
                old is null ? null : Before(draft, asked, old),
                new AdmissionContext(Configuration(), time.GetUtcNow(), request.Caller.IsSystem)
                {
                    References = References(asked),
                }
            )
        );
        if (result.Errors.Count > 0)
        {
            var causes = Causes(result.Errors);
            throw IsKubeVirts(draft.Kind)
                ? Refusals.Denied(draft.Kind, name, causes)
                : Refusals.Invalid(draft.Kind, name, causes);
        }

        if (!request.Caller.IsMaster && RoleGate.Guards(draft.Kind))
        {
            roles.Check(request, old is null ? null : Read(draft.Kind, old.Json), result.Object);
        }

        // What was asked for is stored as it was written, so that nothing is lost on the way through our types.
        var stored = ReferenceEquals(result.Object, asked) ? encoded : Encoded.Of(result.Object, draft.Kind);
        return new(stored, [.. warnings, .. result.Warnings]);
    }

    /// <summary>What a virtual machine refers to; nothing for all other objects.</summary>
    public MachineReferences References(IResource resource) =>
        resource is VirtualMachine machine ? _references.Find(machine) : MachineReferences.None;

    /// <summary>The cluster's configuration as it is now.</summary>
    public KubeVirtConfiguration Configuration()
    {
        var stored = store.Find(ResourceKinds.KubeVirts, "kubevirt", "kubevirt");
        if (stored is null)
        {
            return new KubeVirtConfiguration();
        }

        if (_known is { } known && ReferenceEquals(known.Stored, stored))
        {
            return known.Configuration;
        }

        var configuration = (Read(stored.Kind, stored.Json) as KubeVirt)?.Spec?.Configuration ?? new();
        _known = new Known(stored, configuration);
        return configuration;
    }

    /// <summary>Refusals of KubeVirt's kinds read as KubeVirt's webhooks write them.</summary>
    private static bool IsKubeVirts(ResourceKind kind) =>
        kind.Group == "kubevirt.io" || kind.Group.EndsWith(".kubevirt.io", StringComparison.Ordinal);

    public static IReadOnlyList<StatusCause> Causes(IEnumerable<FieldError> errors) =>
        [
            .. errors.Select(error => new StatusCause
            {
                Reason = error.Reason.ToString(),
                Message = error.Message,
                Field = error.Field,
            }),
        ];

    /// <summary>The object as it is stored. Machines are large: of one, only what differs is read again.</summary>
    private static IResource Before(Draft draft, IResource asked, StoredObject old)
    {
        if (!draft.IsStoredButMetadata || asked is not VirtualMachine machine)
        {
            return Read(draft.Kind, old.Json);
        }

        var metadata = StoredFields.Raw(old.Json.Span, "metadata");
        return machine with { Metadata = JsonSerializer.Deserialize(metadata, ApiJson.Default.ObjectMeta) ?? new() };
    }

    private static IResource Read(ResourceKind kind, ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, kind.TypeInfo) as IResource
                ?? throw new InvalidOperationException($"{kind.Kind} is not read as a resource.");
        }
        catch (JsonException wrong)
        {
            throw Refusals.BadRequest(
                $"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: {wrong.Message}"
            );
        }
    }

    /// <summary>The configuration, read once for each time it is changed.</summary>
    private sealed record Known(StoredObject Stored, KubeVirtConfiguration Configuration);
}
