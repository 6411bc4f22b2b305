using System.Runtime.CompilerServices;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>Reads virtual machines page by page, so that no more than a page of them is held.</summary>
internal static class MachinePages
{
    private const int PageSize = 500;
    private const int ReadsAtOnce = 8;

    /// <summary>Every machine with its instance, by namespace and name.</summary>
    /// <param name="client">The server.</param>
    /// <param name="namespaces">Only these; all when empty.</param>
    /// <param name="labels">Only machines with these labels, in Kubernetes' text form; null for any.</param>
    /// <param name="ct">Ends it.</param>
    public static async IAsyncEnumerable<MachineSight> ReadAsync(
        KubernetesClient client,
        IReadOnlyList<string>? namespaces,
        string? labels,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        IEnumerable<string?> spaces = namespaces is null or []
            ? [null]
            : namespaces.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        foreach (var space in spaces)
        {
            await foreach (var page in PagesAsync(client, new ListQuery(space, labels, Limit: PageSize), ct))
            {
                foreach (var sight in await WithInstancesAsync(client, page, ct))
                {
                    yield return sight;
                }
            }
        }
    }

    /// <summary>One machine with its instance; null when there is none.</summary>
    public static async Task<MachineSight?> ReadAsync(KubernetesClient client, ResourceKey key, CancellationToken ct) =>
        await client.FindAsync<VirtualMachine>(key, ct) is { } machine
            ? new(machine, await client.FindAsync<VirtualMachineInstance>(key, ct))
            : null;

    /// <remarks>
    /// The token of a page grows old while the machines of the page before are moved. Then the list begins anew, and
    /// what was read is left out.
    /// </remarks>
    private static async IAsyncEnumerable<IReadOnlyList<VirtualMachine>> PagesAsync(
        KubernetesClient client,
        ListQuery query,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var read = new ReadSoFar();
        do
        {
            ResourceList<VirtualMachine> page;
            try
            {
                page = await client.ListAsync<VirtualMachine>(query, ct);
            }
            catch (ApiException e) when (e.Reason is Reason.Expired && query.Continue is not null)
            {
                query = query with { Continue = null };
                continue;
            }

            query = query with { Continue = page.Continue };
            yield return page.Items.Where(machine => read.Add(machine.Metadata)).ToList();
            if (page.Continue is null)
            {
                yield break;
            }
        } while (true);
    }

    private static async Task<IReadOnlyList<MachineSight>> WithInstancesAsync(
        KubernetesClient client,
        IReadOnlyList<VirtualMachine> machines,
        CancellationToken ct
    )
    {
        var sights = machines.Select(machine => new MachineSight(machine, null)).ToArray();
        var maybeOn = Enumerable.Range(0, sights.Length).Where(at => MayRun(machines[at]));
        var options = new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = ct };
        await Parallel.ForEachAsync(
            maybeOn,
            options,
            async (at, stop) =>
            {
                var instance = await client.FindAsync<VirtualMachineInstance>(ResourceKey.Of(machines[at]), stop);
                sights[at] = sights[at] with { Named = instance };
            }
        );
        return sights;
    }

    /// <summary>False for a machine that is off for sure, which spares a request.</summary>
    private static bool MayRun(VirtualMachine machine) =>
        machine.Status?.Created == true || RunStrategies.Of(machine) is not RunStrategy.Halted;

    /// <summary>Which machines of a list were read before it began anew.</summary>
    /// <remarks>
    /// Lists have the machines of a namespace together and by name. In which order namespaces come differs from server
    /// to server where one is called as another begins.
    /// </remarks>
    private sealed class ReadSoFar
    {
        private readonly HashSet<string> _whole = new(StringComparer.Ordinal);
        private string? _namespace;
        private string? _name;

        /// <summary>True for a machine that was not read yet.</summary>
        public bool Add(ObjectMeta machine)
        {
            var space = machine.Namespace ?? "";
            if (space == _namespace ? string.CompareOrdinal(machine.Name, _name) <= 0 : _whole.Contains(space))
            {
                return false;
            }

            if (space != _namespace && _namespace is not null)
            {
                _whole.Add(_namespace);
            }

            (_namespace, _name) = (space, machine.Name);
            return true;
        }
    }
}
