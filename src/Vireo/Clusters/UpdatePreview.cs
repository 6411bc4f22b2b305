using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Clusters;

/// <summary>What a change of a machine comes to for the guest that runs.</summary>
/// <param name="Plan">Field by field; null when no guest runs.</param>
/// <param name="Way">How processors and memory come to it.</param>
internal sealed record UpdatePreview(UpdatePlan? Plan, HotplugWay Way)
{
    private const string LeaseNamespace = "kube-node-lease";

    /// <summary>One line a field.</summary>
    public IReadOnlyList<string> Lines =>
        Plan is null ? ["no guest runs: all of it holds from its next start on"]
        : Plan.Changes is [] ? ["nothing changes for the guest"]
        : UpdatePlanText.Of(Plan, Way);

    /// <summary>The same for programs.</summary>
    public JsonObject Document =>
        new()
        {
            ["running"] = Plan is not null,
            ["way"] = Plan is null ? null : Way.Reason,
            ["changes"] = new JsonArray([
                .. (Plan?.Changes ?? []).Select(change =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["field"] = change.Path,
                            ["effect"] = change.Effect.ToString(),
                            ["from"] = change.From,
                            ["to"] = change.To,
                            ["reason"] = change.Why,
                        }
                ),
            ]),
        };

    /// <summary>Plans.</summary>
    /// <param name="client">Talks to the cluster.</param>
    /// <param name="machine">The machine, its spec expanded as it is to be.</param>
    /// <param name="before">The same as it is now: what the guest was started from where that was not kept.</param>
    /// <param name="installation">What the administrator wants of the cluster.</param>
    /// <param name="ct">Ends it.</param>
    public static async Task<UpdatePreview> OfAsync(
        KubernetesClient client,
        VirtualMachine machine,
        VirtualMachineSpec before,
        KubeVirtSpec installation,
        CancellationToken ct
    )
    {
        var key = ResourceKey.Of(machine);
        var instance = await client.FindAsync<VirtualMachineInstance>(key, ct);
        var configuration = installation.Configuration ?? new();
        if (!LiveChanges.CanReach(instance))
        {
            return new(null, HotplugWay.Of(Placeholder(machine), null, []));
        }

        var start = instance.Status?.VirtualMachineRevisionName is { } name
            ? await client.FindAsync<ControllerRevision>(new(key.Namespace, name), ct)
            : null;
        var startedFrom = (start is null ? null : StartRevision.SpecIn(start)) ?? before;
        var plan = LiveUpdate.Plan(machine, instance, startedFrom, configuration);
        var hosts =
            HotplugWay.Migrates(installation) || plan.Live.Count > 0 ? await HostsAsync(client, configuration, ct) : [];
        return new(plan, HotplugWay.Of(AsWanted(instance, machine, configuration), installation, hosts));
    }

    private static VirtualMachineInstance AsWanted(
        VirtualMachineInstance instance,
        VirtualMachine machine,
        KubeVirtConfiguration configuration
    )
    {
        var size = GuestSize.Of(machine.Spec.Template.Spec, configuration);
        var domain = instance.Spec.Domain;
        return instance with
        {
            Spec = instance.Spec with
            {
                Domain = domain with
                {
                    Cpu = (domain.Cpu ?? new()) with { Sockets = size.Sockets },
                    Memory = (domain.Memory ?? new()) with { Guest = size.Memory ?? domain.Memory?.Guest },
                },
            },
        };
    }

    private static VirtualMachineInstance Placeholder(VirtualMachine machine) =>
        new() { Spec = machine.Spec.Template.Spec };

    /// <summary>The hosts; null where the caller may not know them.</summary>
    private static async Task<IReadOnlyList<HostCandidate>?> HostsAsync(
        KubernetesClient client,
        KubeVirtConfiguration configuration,
        CancellationToken ct
    )
    {
        try
        {
            var nodes = (await client.ListAsync<Node>(new(), ct)).Items;
            var leases = (await client.ListAsync<Lease>(new(LeaseNamespace), ct)).Items;
            var instances = (await client.ListAsync<VirtualMachineInstance>(new(), ct)).Items;
            return
            [
                .. (await client.ListAsync<Host>(new(), ct)).Items.Select(host =>
                    HostCandidate.Of(
                        host,
                        nodes.FirstOrDefault(node => node.Metadata.Name == host.Metadata.Name),
                        leases.FirstOrDefault(lease => lease.Metadata.Name == host.Metadata.Name),
                        instances,
                        configuration,
                        TimeProvider.System.GetUtcNow()
                    )
                ),
            ];
        }
        catch (ApiException e) when (e.Reason == Reason.Forbidden)
        {
            return null;
        }
    }
}
