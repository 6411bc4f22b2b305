using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.Acting;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Storage;
using Vireo.Rules;

namespace Vireo.ApiServer.Writing;

/// <summary>Lets one migration at a time be made, of an instance that can move: two that are asked for at once never
/// both find that there is none.</summary>
internal sealed class MigrationRules(ResourceStore store) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Makes an object; a migration only when its instance can move.</summary>
    /// <exception cref="StatusException">BadRequest: it cannot, in KubeVirt's words.</exception>
    public async Task<T> GuardAsync<T>(string? ns, Draft draft, Func<Task<T>> make, CancellationToken ct)
    {
        if (!ReferenceEquals(draft.Kind, ResourceKinds.VirtualMachineInstanceMigrations))
        {
            return await make();
        }

        await _one.WaitAsync(ct);
        try
        {
            RequireMovable(ns, draft);
            return await make();
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private void RequireMovable(string? ns, Draft draft)
    {
        // What has no such name, or none that is a text, is refused by the checks that follow.
        if (
            (draft.Json["spec"] as JsonObject)?["vmiName"] is not { } value
            || value.GetValueKind() != JsonValueKind.String
            || value.GetValue<string>() is not { Length: > 0 } name
        )
        {
            return;
        }

        var migration = new VirtualMachineInstanceMigration
        {
            Metadata = new() { Namespace = ns },
            Spec = new() { VmiName = name },
        };
        var others = store
            .All<VirtualMachineInstanceMigration>()
            .Where(other => other.Metadata.Namespace == ns && other.Spec.VmiName == name);
        var instance = store.Find<VirtualMachineInstance>(ns, name)?.Object;
        if (MigrationAdmission.WhyNot(migration, instance, others) is { } why)
        {
            throw Refusals.BadRequest(why);
        }
    }
}
