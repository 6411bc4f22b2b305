using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Api;
using Vireo.Controllers;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers;

public sealed class TermTests(ControlPlane plane) : IClassFixture<ControlPlane>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_one_loop_ends_all_end_and_the_term_fails(bool throws)
    {
        var others = 0;

        var error = await Should.ThrowAsync<InvalidOperationException>(
            Term.RunAsync([stop => UntilStoppedAsync(() => others++, stop), _ => EndAsync(throws)], Ct)
        );

        others.ShouldBe(1);
        (error.InnerException is not null).ShouldBe(throws);
    }

    [Fact]
    public async Task A_term_that_is_cancelled_ends_in_good_order()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var ended = 0;
        var term = Term.RunAsync(
            [one => UntilStoppedAsync(() => ended++, one), two => UntilStoppedAsync(() => ended++, two)],
            stop.Token
        );

        await stop.CancelAsync();
        await term;

        ended.ShouldBe(2);
    }

    [Fact]
    public async Task After_a_loop_ended_the_lease_is_given_up_and_taken_again()
    {
        var terms = 0;
        var lease = new ResourceKey("kube-system", "test-term");
        var election = new LeaderElection(plane.Client, lease, "me", TimeProvider.System, NullLogger.Instance);
        await using (
            new RunningPart(ct =>
                election.RunAsync(
                    stop =>
                        Term.RunAsync(
                            [
                                loop =>
                                    Interlocked.Increment(ref terms) == 1
                                        ? EndAsync(throws: true)
                                        : UntilStoppedAsync(() => { }, loop),
                            ],
                            stop
                        ),
                    ct
                )
            )
        )
        {
            await Eventually.HoldsAsync(() => Volatile.Read(ref terms) == 2, "a second term");
        }

        await Eventually.HoldsAsync(() =>
            plane
                .Writes.OfType<Lease>()
                .Where(one => one.Metadata.Name == lease.Name)
                .Select(one => one.Spec?.HolderIdentity is "me")
                .Aggregate("", (told, held) => told.EndsWith(held ? '+' : '-') ? told : told + (held ? '+' : '-'))
            == "+-+-"
        );
    }

    private static async Task EndAsync(bool throws)
    {
        await Task.Yield();
        if (throws)
        {
            throw new FormatException("It broke.");
        }
    }

    private static async Task UntilStoppedAsync(Action ended, CancellationToken stop)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (stop.Register(over.SetResult))
        {
            await over.Task;
        }

        ended();
    }
}
