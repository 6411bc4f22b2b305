using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>What starts and ends the guests of a host, and registers it.</summary>
/// <param name="Controller">Reconciles the host's instances.</param>
/// <param name="Registration">Keeps the host's objects.</param>
/// <param name="Prepare">Makes the disks of an instance.</param>
/// <param name="Shelves">Saves disks.</param>
/// <param name="Voice">Tells of instances.</param>
internal sealed record InstanceParts(
    Controller Controller,
    HostRegistration Registration,
    PrepareDisks Prepare,
    ShelfParts Shelves,
    InstanceVoice Voice
)
{
    /// <summary>Puts it together.</summary>
    public static InstanceParts Build(
        AgentOptions options,
        IHypervisor hypervisor,
        InstanceSettings settings,
        (KubernetesClient Client, Informer<VirtualMachineInstance> Instances, ImageStore Images) api,
        TimeProvider time,
        ILogger logger
    )
    {
        var (client, instances, images) = api;
        var cache = new HostCache(hypervisor);
        var prepare = options.Simulated
            ? SimulatedHost.PrepareDisksAsync
            : new PrepareDisks(Disks(options, images, client, time).PrepareAsync);
        var voice = new InstanceVoice(new(client, "vireo-agent", options.NodeName, time), logger);
        var starter = new InstanceStarter(hypervisor, prepare, settings, cache, time);
        var shelves = new ShelfParts(options, images, client, time, logger);
        var ending = new InstanceEnding(client, starter, shelves.Save, settings, voice, time);
        var reconciler = new InstanceReconciler(
            client,
            instances,
            hypervisor,
            new(starter, ending),
            settings,
            voice,
            time
        );
        var controller = new Controller("instances", reconciler, time, logger);
        controller.Watch(instances, instance => [ResourceKey.Of(instance)]);
        return new(controller, new(client, hypervisor, cache, settings, time, logger), prepare, shelves, voice);
    }

    private static DiskPreparer Disks(
        AgentOptions options,
        ImageStore store,
        KubernetesClient client,
        TimeProvider time
    )
    {
        var images = new DiskImages(time);
        var secrets = new SecretReader(client);
        return new(
            new(store, new(store), images, secrets),
            new(secrets, time),
            new(options.AllowedHostDiskRoots),
            images
        );
    }
}
