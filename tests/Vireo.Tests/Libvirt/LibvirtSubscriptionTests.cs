using Vireo.Libvirt;
using Vireo.Libvirt.Events;

namespace Vireo.Tests.Libvirt;

public sealed class LibvirtSubscriptionTests : IDisposable
{
    private readonly TestHost _host = new();

    private LibvirtConnection Connection => _host.Connection;

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_life_is_told_in_the_order_in_which_it_happened()
    {
        using var subscription = Connection.Subscribe(DomainEventKinds.Lifecycle);
        using var domain = Connection.CreateDomain(TestHost.Xml("lived"));
        domain.Suspend();
        domain.Resume();
        domain.Destroy();

        var told = await subscription.ReadUntilAsync(IsStop);

        told.Cast<LifecycleChanged>()
            .Select(happened => happened.Detail)
            .ShouldBe([
                LifecycleDetail.StartedBooted,
                LifecycleDetail.SuspendedPaused,
                LifecycleDetail.ResumedUnpaused,
                LifecycleDetail.StoppedDestroyed,
            ]);
        told.ShouldAllBe(happened => happened.Domain.Uuid == domain.Uuid && happened.Domain.Name == "lived");
        told[0].ShouldBe(new LifecycleChanged(domain.Identity, Lifecycle.Started, LifecycleDetail.StartedBooted));
    }

    [Fact]
    public async Task Each_subscription_gets_every_event_it_asked_for()
    {
        using var first = Connection.Subscribe(DomainEventKinds.All);
        using var second = Connection.Subscribe(DomainEventKinds.All);
        using var domain = Connection.CreateDomain(TestHost.Xml("seen"));
        domain.Destroy();

        (await first.ReadUntilAsync(IsStop)).ShouldBe(await second.ReadUntilAsync(IsStop));
    }

    [Fact]
    public async Task After_dispose_nothing_is_told_and_the_stream_has_ended()
    {
        var subscription = Connection.Subscribe(DomainEventKinds.All);
        using var other = Connection.Subscribe(DomainEventKinds.All);
        subscription.Dispose();

        using var domain = Connection.CreateDomain(TestHost.Xml("unseen"));
        await other.NextAsync();

        (await subscription.ReadToEndAsync()).ShouldBeEmpty();
        subscription.Dispose();
    }

    [Fact]
    public async Task Closing_the_connection_ends_its_streams()
    {
        var subscription = Connection.Subscribe(DomainEventKinds.All);
        using var domain = Connection.CreateDomain(TestHost.Xml("last"));
        await subscription.NextAsync();

        Connection.Dispose();

        (await subscription.ReadToEndAsync()).ShouldBeEmpty();
    }

    [Fact]
    public void Monitor_events_are_refused_where_there_is_no_qemu() =>
        Should
            .Throw<LibvirtException>(() => Connection.Subscribe(DomainEventKinds.Lifecycle, "SHUTDOWN"))
            .Code.ShouldBe(ErrorCode.NoSupport);

    [Fact]
    public async Task A_subscription_gets_nothing_it_did_not_ask_for()
    {
        using var everything = Connection.Subscribe(DomainEventKinds.All);
        using var reboots = Connection.Subscribe(DomainEventKinds.Reboot);
        using var domain = Connection.CreateDomain(TestHost.Xml("quiet"));
        domain.Destroy();
        await everything.ReadUntilAsync(IsStop);

        reboots.Events.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_reader_too_far_behind_is_told_that_it_has_missed_events()
    {
        using var subscription = Connection.Subscribe(DomainEventKinds.Reboot);
        var identity = new DomainIdentity("many", Guid.NewGuid(), 1);
        for (var count = 0; count <= LibvirtSubscription.Capacity; count++)
        {
            subscription.Publish(new Rebooted(identity));
        }

        var read = 0;
        var missed = await Should.ThrowAsync<LibvirtException>(async () =>
        {
            await foreach (var _ in subscription.Events.ReadAllAsync())
            {
                read++;
            }
        });

        read.ShouldBe(LibvirtSubscription.Capacity);
        missed.Code.ShouldBe(ErrorCode.Overflow);
    }

    [Fact]
    public void Every_kind_of_event_has_its_callback()
    {
        foreach (var kind in Enum.GetValues<DomainEventKinds>())
        {
            if (kind is not (DomainEventKinds.None or DomainEventKinds.All))
            {
                Callbacks.For(kind).ShouldNotBe(0, kind.ToString());
            }
        }
    }

    /// <remarks>What fails here takes the whole process with it: a callback into memory that is gone.</remarks>
    [Fact]
    public async Task Connections_and_subscriptions_may_go_at_any_moment_while_events_come()
    {
        var lives = await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() => Churn(new(seed), 60))));

        lives.Sum().ShouldBeGreaterThan(0);
    }

    /// <summary>
    /// Opens and closes while another thread makes domains live and die; returns how many events were read.
    /// </summary>
    private int Churn(Random random, int rounds)
    {
        var read = 0;
        for (var round = 0; round < rounds; round++)
        {
            using var connection = _host.Open();
            var subscription = connection.Subscribe(DomainEventKinds.All);
            var lives = Task.Run(() => Live(connection));
            for (var left = random.Next(12); left > 0 && !lives.IsCompleted; )
            {
                if (subscription.Events.TryRead(out _))
                {
                    left--;
                    read++;
                }
            }

            if (random.Next(2) == 0)
            {
                subscription.Dispose();
                subscription = connection.Subscribe(DomainEventKinds.Lifecycle);
            }

            Parallel.Invoke(connection.Dispose, subscription.Dispose, () => lives.Wait());
        }

        return read;
    }

    private static void Live(LibvirtConnection connection)
    {
        try
        {
            for (var count = 0; count < 20; count++)
            {
                using var domain = connection.CreateDomain(TestHost.Xml($"churn-{count}"));
                domain.Suspend();
                domain.Destroy();
            }
        }
        catch (ObjectDisposedException)
        {
            // The connection went first, which is the point.
        }
    }

    private static bool IsStop(DomainEvent happened) => happened is LifecycleChanged { Event: Lifecycle.Stopped };
}
