using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Puts together what saves disks and keeps them.</summary>
internal sealed class ShelfParts(
    AgentOptions options,
    ImageStore store,
    KubernetesClient client,
    TimeProvider time,
    ILogger logger
)
{
    private const int Workers = 2;

    /// <summary>Saves the disks of an instance.</summary>
    public SaveDisks Save =>
        options.Simulated
            ? new SimulatedShelf(options.NodeName).SaveAsync
            : new DiskSaver(store, new(time), options.NodeName, time).SaveAsync;

    /// <summary>What keeps saved disks, as long as the agent runs.</summary>
    /// <param name="instances">The instances of this host: when one is gone, so may be the use of what it left.</param>
    public IReadOnlyList<Func<CancellationToken, Task>> Loops(Informer<VirtualMachineInstance> instances)
    {
        var machines = new Informer<VirtualMachine>(
            client,
            new ListQuery(FieldSelector: $"status.savedDisks.host={options.NodeName}"),
            time,
            logger
        );
        PushImage push = options.Simulated ? SimulatedShelf.PushAsync : store.PushAsync;
        var reconciler = new ShelfReconciler(client, machines, store, push, options.NodeName, logger);
        var controller = new Controller("shelves", reconciler, time, logger);
        controller.Watch(machines, machine => [ResourceKey.Of(machine)]);
        controller.Watch(instances, vmi => Shelf.IsToBeSaved(vmi) ? [ResourceKey.Of(vmi)] : []);
        return
        [
            machines.RunAsync,
            async ct =>
            {
                foreach (var owner in Known(reconciler))
                {
                    controller.Enqueue(owner);
                }

                await controller.RunAsync(Workers, ct);
            },
        ];
    }

    /// <summary>What an agent that was killed may have left.</summary>
    private static IReadOnlyList<ResourceKey> Known(ShelfReconciler reconciler)
    {
        try
        {
            return [.. reconciler.Owners()];
        }
        catch (ImageException)
        {
            // A damaged list is told to who asks for an image.
            return [];
        }
    }
}
