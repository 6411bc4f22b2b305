namespace Vireo.Tests.Libvirt;

/// <summary>Waits for something true without guessing how long it takes.</summary>
internal static class Poll
{
    public static async Task UntilAsync(Func<bool> isTrue, Func<string> otherwise, TimeSpan patience)
    {
        using var end = new CancellationTokenSource(patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!isTrue())
        {
            try
            {
                await timer.WaitForNextTickAsync(end.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail(otherwise());
            }
        }
    }
}
