using Vireo.Api;
using Vireo.Rules;
using Vireo.Running;
using Vireo.Runtime;

namespace Vireo.Clusters;

/// <summary>A guest on a host, and what becomes of it when the host is drained.</summary>
internal sealed record DrainedGuest(VirtualMachineInstance Instance, EvictionAnswer Answer, string Why)
{
    /// <summary>True when it leaves without anybody's help.</summary>
    public bool Leaves => Answer is EvictionAnswer.Move;

    /// <summary>The guest as messages name it.</summary>
    public string Name => $"{Instance.Metadata.Namespace}/{Instance.Metadata.Name}";
}

/// <summary>Drains a host and opens it again: writes that the controllers act on.</summary>
internal sealed class HostDrain(KubernetesClient client, string host)
{
    /// <summary>The guests on the host that have not ended, in order of their names.</summary>
    public async Task<IReadOnlyList<DrainedGuest>> GuestsAsync(
        KubeVirtConfiguration configuration,
        CancellationToken ct
    ) =>
        [
            .. (
                await client.ListAllAsync<VirtualMachineInstance>(
                    new ListQuery(FieldSelector: $"status.nodeName={host}"),
                    ct
                )
            )
                .Where(instance => !VirtualMachineInstancePhases.IsFinal(instance.Status?.Phase))
                .Select(instance =>
                {
                    var (answer, why) = Evacuation.AnswerOf(instance, configuration);
                    return new DrainedGuest(instance, answer, why);
                })
                .OrderBy(guest => guest.Name, StringComparer.Ordinal),
        ];

    /// <summary>The cluster's configuration.</summary>
    public async Task<KubeVirtConfiguration> ConfigurationAsync(CancellationToken ct) =>
        (await client.FindAsync<KubeVirt>(new("kubevirt", "kubevirt"), ct))?.Spec?.Configuration ?? new();

    /// <summary>Refuses a host that is not there.</summary>
    /// <exception cref="StartException">It is not there: names those that are.</exception>
    public async Task RequireAsync(CancellationToken ct)
    {
        if (await client.FindAsync<Host>(new(null, host), ct) is not null)
        {
            return;
        }

        var hosts = await client.ListAllAsync<Host>(new(), ct);
        throw new StartException(
            $"there is no host {host}. Hosts: {string.Join(", ", hosts.Select(one => one.Metadata.Name))}."
        );
    }

    /// <summary>Lets no more guests on the host, and asks those on it to leave.</summary>
    public async Task BeginAsync(KubeVirtConfiguration configuration, DateTimeOffset now, CancellationToken ct)
    {
        await SetUnschedulableAsync(true, ct);
        var key = Evacuation.DrainTaintOf(configuration);
        await ChangeNodeAsync(
            spec =>
                spec with
                {
                    Unschedulable = true,
                    Taints =
                        spec.Taints?.Any(taint => taint.Key == key) == true
                            ? spec.Taints
                            :
                            [
                                .. spec.Taints ?? [],
                                new()
                                {
                                    Key = key,
                                    Effect = "NoSchedule",
                                    TimeAdded = now,
                                },
                            ],
                },
            ct
        );
    }

    /// <summary>Lets guests on the host again, and those that were to leave stay.</summary>
    public async Task EndAsync(KubeVirtConfiguration configuration, CancellationToken ct)
    {
        var key = Evacuation.DrainTaintOf(configuration);
        await ChangeNodeAsync(
            spec =>
            {
                var left = (spec.Taints ?? []).Where(taint => taint.Key != key).ToList();
                return spec with { Unschedulable = null, Taints = left is [] ? null : left };
            },
            ct
        );
        await SetUnschedulableAsync(null, ct);
    }

    /// <summary>Ends a guest; where its machine is to run, it starts on another host.</summary>
    public Task StopAsync(DrainedGuest guest, CancellationToken ct) =>
        client.DeleteAsync<VirtualMachineInstance>(
            ResourceKey.Of(guest.Instance),
            new DeleteOptions { Preconditions = new Preconditions { Uid = guest.Instance.Metadata.Uid } },
            ct
        );

    private Task SetUnschedulableAsync(bool? unschedulable, CancellationToken ct) =>
        client.ChangeAsync<Host>(
            new(null, host),
            found =>
                found.Spec?.Unschedulable == unschedulable
                    ? found
                    : found with
                    {
                        Spec = (found.Spec ?? new()) with { Unschedulable = unschedulable },
                    },
            ct
        );

    private Task ChangeNodeAsync(Func<NodeSpec, NodeSpec> change, CancellationToken ct) =>
        client.ChangeAsync<Node>(new(null, host), found => found with { Spec = change(found.Spec ?? new()) }, ct);
}
