using System.Net;
using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>The node agent: runs on each host the guests that the API binds to it.</summary>
public static class AgentHost
{
    /// <summary>Runs the agent until cancelled. Its guests run on after it.</summary>
    /// <param name="options">What it is told.</param>
    /// <param name="client">The API.</param>
    /// <param name="loggers">Told what was done.</param>
    /// <param name="time">The time.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="InvalidOperationException">The options cannot be met; says which and what to do.</exception>
    public static async Task RunAsync(
        AgentOptions options,
        KubernetesClient client,
        ILoggerFactory loggers,
        TimeProvider time,
        CancellationToken ct
    )
    {
        if (InstanceFolder.PathFault(options.StateFolder) is { } fault)
        {
            throw new InvalidOperationException(fault);
        }

        Directory.CreateDirectory(options.StateFolder);
        var logger = loggers.CreateLogger("Vireo.Agent");
        var host = await HypervisorAsync(options, time, logger, ct);
        await RunAsync(options, host, client, logger, time, ct);
    }

    /// <summary>Runs the agent on a hypervisor that is there: one that outlives it.</summary>
    internal static async Task RunAsync(
        AgentOptions options,
        HypervisorParts host,
        KubernetesClient client,
        ILogger logger,
        TimeProvider time,
        CancellationToken ct
    )
    {
        var hypervisor = host.Hypervisor;
        var configuration = new Informer<KubeVirt>(client, new ListQuery(), time, logger);
        var instances = Own(options, client, time, logger);
        var images = new ImageStore(options.StateFolder, time);
        var settings = Settings(options, configuration, images);
        var work = InstanceParts.Build(options, hypervisor, settings, (client, instances, images), time, logger);
        var door = Door(options, host, settings, instances, time, logger);
        using var peers = new PeerDoors(options.Identity?.Trust);
        var migrations = MigrationControl.Build(
            settings,
            (host, work.Prepare),
            (client, instances, work.Voice),
            (door, peers),
            time,
            logger
        );
        var takeover = new Takeover(hypervisor, instances, migrations.Incoming, LookAnew, settings, logger);
        hypervisor.Changed += work.Controller.Enqueue;
        hypervisor.Changed += migrations.Look;
        door.Freezes.Changed += work.Controller.Enqueue;
        hypervisor.Connected += work.Registration.Look;
        hypervisor.Connected += takeover.Look;
        configuration.Changed += (_, _) => work.Registration.Look();
        await RunAllAsync(
            [
                hypervisor.RunAsync,
                configuration.RunAsync,
                instances.RunAsync,
                work.Registration.RunAsync,
                takeover.RunAsync,
                .. door.Loops,
                .. migrations.Loops,
                .. Renewal(options, time, logger),
                .. work.Shelves.Loops(instances),
                token => RunOnceReadyAsync(work.Controller, configuration, options.Workers, token),
            ],
            ct
        );

        void LookAnew(ResourceKey key)
        {
            work.Controller.Enqueue(key);
            migrations.LookAnew(key);
        }
    }

    /// <summary>
    /// Ends what an agent left on this host after it was ended itself: its guests (by the power button, then by
    /// force), their network, and the private libvirt daemon. For <c>vireo down</c>.
    /// </summary>
    /// <param name="options">What the agent was told.</param>
    /// <param name="gracePeriod">How long guests have to shut down.</param>
    /// <param name="loggers">Told what was done.</param>
    /// <param name="time">The time.</param>
    /// <param name="ct">Ends the try.</param>
    public static Task TearDownAsync(
        AgentOptions options,
        TimeSpan gracePeriod,
        ILoggerFactory loggers,
        TimeProvider time,
        CancellationToken ct
    ) => new TearDown(options, gracePeriod, time, loggers.CreateLogger("Vireo.Agent")).RunAsync(ct);

    private static async Task<HypervisorParts> HypervisorAsync(
        AgentOptions options,
        TimeProvider time,
        ILogger logger,
        CancellationToken ct
    )
    {
        if (options.Simulated)
        {
            var simulated = new SimulatedHypervisor(SimulatedHost.Of(options.SimulatedRelease), time);
            return HypervisorParts.Of(simulated);
        }

        var libvirt = await LibvirtParts.BuildAsync(options, time, logger, ct);
        return new(libvirt, libvirt.Control, libvirt.Moves);
    }

    /// <summary>The instances that were placed on this host.</summary>
    private static Informer<VirtualMachineInstance> Own(
        AgentOptions options,
        KubernetesClient client,
        TimeProvider time,
        ILogger logger
    ) => new(client, new ListQuery(FieldSelector: $"status.nodeName={options.NodeName}"), time, logger);

    private static InstanceSettings Settings(
        AgentOptions options,
        Informer<KubeVirt> configuration,
        ImageStore images
    ) =>
        new(options.NodeName, options.StateFolder, options.GuestNetwork, () => configuration.All.Any(WantsEmulation))
        {
            Configuration = () => configuration.All.FirstOrDefault()?.Spec?.Configuration ?? new(),
            BootId = HostBoot.ReadId(),
            LiveMovesUnderEmulation = options.LiveMovesUnderEmulation,
            ImageMachineTypes = images.MachineTypes,
            Address = options.Identity is null ? null : Reached(options).Address.ToString(),
            Endpoint = options.Identity is null
                ? GuestDoor.EndpointOf(options.StateFolder)
                : DoorEndpoint.At(Reached(options)).ToString(),
            ImageDefaults = images.Defaults,
        };

    private static IPEndPoint Reached(AgentOptions options)
    {
        var (address, port) = (options.Listen.Address, options.Listen.Port);
        var isAny = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
        return new(options.Address ?? (isAny ? IPAddress.Parse(HostRegistration.FindAddress()) : address), port);
    }

    private static IEnumerable<Func<CancellationToken, Task>> Renewal(
        AgentOptions options,
        TimeProvider time,
        ILogger logger
    ) => options.Identity is { } identity ? [new CertificateRenewal(identity, time, logger).RunAsync] : [];

    private static DoorParts Door(
        AgentOptions options,
        HypervisorParts host,
        InstanceSettings settings,
        Informer<VirtualMachineInstance> instances,
        TimeProvider time,
        ILogger logger
    ) =>
        new(
            host.Control,
            new(host.Hypervisor, settings, time),
            instances,
            settings.StateFolder,
            LibvirtParts.NetworkOf(options),
            time,
            logger
        )
        {
            Network = options.Identity is { } joined ? new(options.Listen, joined.Trust, time) : null,
        };

    private static bool WantsEmulation(KubeVirt cluster) =>
        cluster.Spec?.Configuration?.DeveloperConfiguration?.UseEmulation == true;

    private static async Task RunOnceReadyAsync(
        Controller controller,
        Informer<KubeVirt> configuration,
        int workers,
        CancellationToken ct
    )
    {
        await configuration.WaitForSyncAsync(ct);
        await controller.RunAsync(workers, ct);
    }

    /// <summary>Runs all until cancelled, or until one fails: a bug in one is not outlived by the others.</summary>
    private static async Task RunAllAsync(IEnumerable<Func<CancellationToken, Task>> loops, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = loops.Select(loop => loop(either.Token)).ToList();
        await Task.WhenAny(running);
        await either.CancelAsync();
        await Task.WhenAll(running);
    }
}
